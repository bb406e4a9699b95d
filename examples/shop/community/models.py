"""What customers write for each other."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("tag"), _("tags")

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="posts")
    author_name = models.CharField(_("shown as"), max_length=80)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written"))
    tags = models.ManyToManyField(Tag, related_name="posts", blank=True)
    likes = GenericRelation("community.Like")

    class Meta:
        verbose_name, verbose_name_plural = _("post"), _("posts")

    def __str__(self) -> str:
        return self.title


class Comment(models.Model):
    """Below a post, or below another comment."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    author_name = models.CharField(_("shown as"), max_length=80)
    post = models.ForeignKey(Post, models.CASCADE, related_name="comments", verbose_name=_("below the post"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="replies", verbose_name=_("in answer to")
    )
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written"))
    likes = GenericRelation("community.Like")

    class Meta:
        verbose_name, verbose_name_plural = _("comment"), _("comments")

    def __str__(self) -> str:
        return self.text[:60]


class Like(models.Model):
    """Of a post or a comment, which know it by a GenericRelation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    liked = GenericForeignKey("content_type", "object_id")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name, verbose_name_plural = _("like"), _("likes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "content_type", "object_id"], name="like_once")
        ]
        indexes = (models.Index(fields=["content_type", "object_id"], name="like_target"),)
