"use strict";
(() => {
  const form = document.querySelector(".find");
  const query = document.querySelector("#q");
  const category = document.querySelector("#category");
  const found = document.querySelector("#found");
  const chapters = [...document.querySelectorAll("section.chapter")].map((element) => ({
    element,
    blocks: [...element.querySelectorAll(".block")].map((block) => ({
      block,
      records: [...block.querySelectorAll("li")].map((record) => ({ record, text: record.textContent.toLowerCase() })),
    })),
  }));
  const search = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let total = 0;
    for (const { element, blocks } of chapters) {
      const wanted = !category.value || element.id === category.value;
      let inChapter = 0;
      for (const { block, records } of blocks) {
        let inBlock = 0;
        for (const { record, text } of records) {
          const hit = wanted && words.every((word) => text.includes(word));
          if (record.hidden === hit) record.hidden = !hit;
          if (hit) inBlock += 1;
        }
        block.hidden = inBlock === 0;
        inChapter += inBlock;
      }
      element.hidden = inChapter === 0;
      total += inChapter;
    }
    found.textContent = found.dataset.words.replace("%n", total.toLocaleString(document.documentElement.lang));
  };
  let waiting;
  query.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  category.addEventListener("change", search);
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  form.hidden = false;
  search();
})();
