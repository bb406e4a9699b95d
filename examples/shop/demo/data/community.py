"""Posts, comments, answers to comments, likes and tags."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.contrib.contenttypes.models import ContentType

from examples.shop.community.models import Comment, Like, Post, Tag
from examples.shop.demo.data import words
from examples.shop.demo.data.moments import between, cycle, some, spread
from examples.shop.demo.data.people import People, Person


def make(rng: Random, people: People, *, until: datetime) -> None:
    """Write everything of this module."""
    posts = Post.objects.bulk_create(post for person in people.customers for post in writing(rng, person, until=until))
    label(rng, posts)
    comments = discussion(rng, people, posts, until=until)
    Like.objects.bulk_create(
        like for person in people.customers for like in likes(rng, person, posts, comments, until=until)
    )


def writing(rng: Random, person: Person, *, until: datetime) -> Iterator[Post]:
    """What a person posted."""
    moments = spread(rng, person.habits.posts, person.since, until)
    for title, at in zip(cycle(rng, words.TITLES, person.habits.posts), moments, strict=True):
        sentences = rng.sample(words.SENTENCES, rng.randint(3, 9))
        text = "\n\n".join(" ".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3))
        yield Post(author=person.user, author_name=person.name, title=title, text=text, written_at=at)


def label(rng: Random, posts: list[Post]) -> None:
    """One to three tags for each post."""
    tags = Tag.objects.bulk_create(Tag(name=name) for name in words.TAGS)
    through = Post.tags.through
    through.objects.bulk_create(
        through(post_id=post.pk, tag_id=tag.pk) for post in posts for tag in rng.sample(tags, rng.randint(1, 3))
    )


def discussion(rng: Random, people: People, posts: list[Post], *, until: datetime) -> list[Comment]:
    """Comments by everybody, in the order of their keys: first those below posts, then two rounds of answers."""
    voices = [person for person in people.customers for _ in range(person.habits.comments)]
    rng.shuffle(voices)
    third = len(voices) // 3
    top = [comment(rng, person, rng.choice(posts), None, until=until) for person in voices[: 2 * third]]
    Comment.objects.bulk_create(top)
    answers: list[Comment] = []
    for person in voices[2 * third :]:
        parent = rng.choice(top)
        answers.append(comment(rng, person, parent.post, parent, until=until))
    first, later = answers[::2], answers[1::2]
    Comment.objects.bulk_create(first)
    for answer, parent in zip(later, first, strict=False):  # answers to answers
        answer.parent, answer.post = parent, parent.post
        start = max(parent.written_at, answer.written_at)
        answer.written_at = min(start + timedelta(hours=rng.randint(1, 50)), until)
    Comment.objects.bulk_create(later)
    return [*top, *first, *later]


def comment(rng: Random, person: Person, post: Post, parent: Comment | None, *, until: datetime) -> Comment:
    """A comment later than what it is below."""
    start = max(person.since, parent.written_at if parent else post.written_at)
    text = some(rng, words.REPLIES, rng.choices([1, 2], [3, 1])[0])
    at = between(rng, start, until)
    return Comment(author=person.user, author_name=person.name, post=post, parent=parent, text=text, written_at=at)


def likes(
    rng: Random, person: Person, posts: list[Post], comments: list[Comment], *, until: datetime
) -> Iterator[Like]:
    """Likes of what others wrote, each at most once."""
    kinds: dict[type, ContentType] = {kind: ContentType.objects.get_for_model(kind) for kind in (Post, Comment)}
    things: list[Post | Comment] = [*posts, *comments]
    others = [thing for thing in things if thing.author_id != person.user.pk]
    for thing in rng.sample(others, person.habits.likes):
        at = between(rng, max(person.since, thing.written_at), until)
        yield Like(user=person.user, content_type=kinds[type(thing)], object_id=thing.pk, at=at)
