"use strict";
(() => {
  const PER_PAGE = 100;
  const PRINTED = 2000;
  const LONG = 3000;
  const at = (id) => document.getElementById(id);
  const [form, list, pager, found] = [document.querySelector(".find"), at("list"), document.querySelector(".pager"), at("found")];
  const { sections, words, language } = JSON.parse(at("map").textContent);
  const rows = [];
  const home = [];
  for (const block of document.querySelectorAll("script.rows")) {
    const section = Number(block.dataset.section);
    for (const row of JSON.parse(block.textContent)) {
      rows.push(row);
      home.push(section);
    }
    block.remove();
  }
  const locale = `${language}-u-nu-latn`;
  const digits = (number) => number.toLocaleString(locale);
  const plural = new Intl.PluralRules(language);
  const counted = (number) => words.records[plural.select(number)].replace("%n", digits(number));

  // --- what is wanted
  const fold = (text) => {
    const small = text.toLowerCase();
    return /^[\x00-\x7f]*$/.test(small) ? small : small.normalize("NFKD").replace(/\p{M}+/gu, "");
  };
  const texts = [];
  const textOf = (place) => {
    if (texts[place] === undefined) {
      const [title, , values, sentence, group] = rows[place];
      texts[place] = fold([title, ...values.flat(Infinity), sentence || "", group || ""].join("\n"));
    }
    return texts[place];
  };
  const matches = () => {
    const wanted = fold(at("q").value).split(/\s+/).filter(Boolean);
    const [category, from, to] = [at("category").value, at("from").value, at("to").value];
    const hits = [];
    for (let place = 0; place < rows.length; place += 1) {
      if (category && sections[home[place]].chapter !== category) continue;
      const day = rows[place][1];
      if ((from && !(day >= from)) || (to && !(day && day <= to))) continue;
      if (wanted.length && !wanted.every((word) => textOf(place).includes(word))) continue;
      hits.push(place);
    }
    return sorted(hits, at("sort").value);
  };
  const collator = new Intl.Collator(language, { numeric: true });
  const sorted = (hits, by) => {
    const day = (place) => rows[place][1];
    if (by === "name") return hits.sort((a, b) => collator.compare(rows[a][0], rows[b][0]) || a - b);
    if (by) {
      const sign = by === "new" ? -1 : 1;
      const order = (a, b) => (day(a) === day(b) ? a - b : !day(a) ? 1 : !day(b) ? -1 : day(a) < day(b) ? -sign : sign);
      return hits.sort(order);
    }
    return hits;
  };

  // --- what is shown: built from text, never from markup
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    parent?.append(made);
    return made;
  };
  const parts = (all, parent) => {
    const list = element("ul", "", parent);
    for (const [label, text, inner] of all) {
      const item = element("li", "", list);
      if (label) element("span", `${label}:`, item);
      item.append(label && text ? ` ${text}` : text);
      if (inner) parts(inner, item);
    }
  };
  const value = (given, parent) => {
    if (Array.isArray(given)) return parts(given.slice(1), element("dd", given[0], parent));
    const text = given;
    const cell = element("dd", text.length > LONG ? `${text.slice(0, LONG)} […]` : text, parent);
    if (text.length <= LONG) return;
    const more = element("button", words.all, cell);
    more.type = "button";
    more.className = "more";
    more.addEventListener("click", () => { cell.textContent = text; });
  };
  const record = (place, parent, flat) => {
    const [title, , values, sentence, ] = rows[place];
    const item = element("li", "", parent);
    element("h4", title, item).dir = "auto";
    if (flat) element("p", sections[home[place]].title, item).className = "small";
    if (sentence) element("p", sentence, item).className = "sentence";
    const pairs = element("dl", "", item);
    values.forEach((text, column) => {
      if (!text.length) return;
      element("dt", sections[home[place]].labels[column], pairs);
      value(text, pairs);
    });
  };
  const shown = (places) => {
    const all = document.createDocumentFragment();
    const flat = Boolean(at("sort").value);
    let [chapter, section, group, target] = [null, null, null, null];
    for (const place of places) {
      const here = sections[home[place]];
      if (!flat && here.chapter !== chapter) all.append(at(`chapter-${here.chapter}`).content.cloneNode(true));
      if (!flat && home[place] !== section) all.append(at(`section-${home[place]}`).content.cloneNode(true));
      const now = flat ? "" : rows[place][4] || "";
      if (!target || (!flat && home[place] !== section) || now !== group) {
        if (now) element("p", now, all).className = "group";
        target = element("ul", "", all);
        target.className = "records";
      }
      [chapter, section, group] = [here.chapter, home[place], now];
      record(place, target, flat);
    }
    return all;
  };

  // --- where the words that are searched for stand, without touching the page: the CSS Custom Highlight API
  const folded = (text) => {  // with the place of each of its characters in ``text``
    let small = "";
    const places = [];
    for (let place = 0; place < text.length; place += 1) {
      const letter = fold(text[place]);
      for (let n = 0; n < letter.length; n += 1) places.push(place);
      small += letter;
    }
    return [small, places];
  };
  const marked = (node, wanted) => {
    const [small, places] = folded(node.data);
    const ranges = [];
    for (const word of wanted) {
      for (let start = small.indexOf(word); start >= 0; start = small.indexOf(word, start + word.length)) {
        const range = new Range();
        range.setStart(node, places[start]);
        range.setEnd(node, places[start + word.length - 1] + 1);
        ranges.push(range);
      }
    }
    return ranges;
  };
  const mark = () => {
    if (!globalThis.CSS?.highlights) return;
    CSS.highlights.delete("found");
    const wanted = fold(at("q").value).split(/\s+/).filter(Boolean);
    if (!wanted.length) return;
    const ranges = [];
    for (const records of list.querySelectorAll(".records")) {
      const walker = document.createTreeWalker(records, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) if (walker.currentNode.parentNode.localName !== "dt") ranges.push(...marked(walker.currentNode, wanted));
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };

  let [hits, page] = [[], 0];
  const show = (count = PER_PAGE) => {
    const first = count === PER_PAGE ? page * PER_PAGE : 0;
    list.replaceChildren(shown(hits.slice(first, first + count)));
    mark();
    if (!hits.length && rows.length) element("p", words.none, list).className = "lede";
    const last = Math.min(first + PER_PAGE, hits.length);
    const [start, end, total] = [first + 1, last, hits.length].map(digits);
    at("place").textContent = words.place.replace("%(first)s", start).replace("%(last)s", end).replace("%(all)s", total);
    pager.hidden = hits.length <= PER_PAGE;
    at("back").disabled = first === 0;
    at("on").disabled = last >= hits.length;
  };
  const search = () => {
    [hits, page] = [matches(), 0];
    found.textContent = counted(hits.length);
    show();
  };
  const turn = (step) => {
    page += step;
    show();
    list.focus({ preventScroll: true });
    list.scrollIntoView();
  };
  at("back").addEventListener("click", () => turn(-1));
  at("on").addEventListener("click", () => turn(1));

  let waiting;
  at("q").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  for (const id of ["category", "from", "to", "sort"]) at(id).addEventListener("change", search);
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  const byAddress = () => {
    const wanted = location.hash.slice(1);
    if (![...at("category").options].some((option) => option.value === wanted)) return false;
    at("category").value = wanted;
    search();
    return true;
  };
  addEventListener("hashchange", () => { if (byAddress()) form.scrollIntoView(); });
  addEventListener("beforeprint", () => show(PRINTED));
  addEventListener("afterprint", () => show());
  form.hidden = rows.length === 0;
  if (!byAddress()) search();
  const prepare = (place) => {  // so that the first search is as quick as the next
    const end = Math.min(place + 2000, rows.length);
    for (let next = place; next < end; next += 1) textOf(next);
    if (end < rows.length) setTimeout(prepare, 30, end);
  };
  setTimeout(prepare, 300, 0);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));  // milliseconds
})();
