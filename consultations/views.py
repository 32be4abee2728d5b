"""Reading a draft and commenting on it: parse, one query or action, render."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import actions, basket, comparing, queries, rules
from consultations.calls import queries as running
from consultations.defined import link_terms
from consultations.drafts import wording
from consultations.forms import AboutForm, CommentForm, SendForm
from consultations.models import Comment, Version
from consultations.packs import queries as packs
from consultations.plans.models import Policy
from consultations.published import holding, named, published_versions
from consultations.voices import files, replies
from consultations.voices.models import Organisation
from consultations.voices.organisations import OnBehalf
from consultations.voices.rules import list_query, order_of, stretch
from consultations.words import STATES
from engage.accounts.actors import Role, has_role
from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.models import Topic
from engage.pages.translation import HTML_LANG
from engage.participation import challenge, limits, personal_data, sending, wallet
from engage.participation.actions import Envelope
from engage.participation.forms import clean_text, read_token
from engage.participation.queries import about_options
from engage.participation.rules import looks_automatic
from engage.typed import whole_number


@dataclass(frozen=True)
class Reading:
    """A call with the published text that one request is about; `versions` are all it has, the first text first."""

    call: queries.Call
    text: queries.Text
    versions: list[Version]

    @property
    def slug(self) -> str:
        """The call's part of the address."""
        return self.call.consultation.slug


def _call(request: HttpRequest, slug: str) -> queries.Call:
    found = queries.call(slug, language=get_language() or "", actor=request.user, now=timezone.now())
    if found is None:
        raise Http404
    return found


def reading_of(
    request: HttpRequest,
    slug: str,
    *,
    name: str = "",
    clause: str = "",
    with_counts: bool = False,
    with_sources: bool = False,
) -> Reading:
    """Return a call that the reader may see with one of its published texts (see `queries.text_of`); 404 without one.

    The text is the one of a `name`, or the one that a `clause` stands in (its key or part of the address), else the
    first one.
    """
    call = _call(request, slug)
    versions = published_versions(call.consultation)
    version = holding(versions, clause) if clause and versions else named(versions, name)
    if version is None:
        raise Http404
    text = queries.text_of(version, language=get_language() or "", with_counts=with_counts, with_sources=with_sources)
    return Reading(call, text, versions)


def all_texts(request: HttpRequest, slug: str, *, with_counts: bool = False) -> Reading:
    """Return a call with all its published texts, read together; 404 without one."""
    call = _call(request, slug)
    versions = published_versions(call.consultation)
    if not versions:
        raise Http404
    texts = queries.read_together(versions, language=get_language() or "", with_counts=with_counts)
    return Reading(call, texts, versions)


def _article(reading: Reading, clause: str) -> queries.Article:
    article = reading.text.article(clause)
    if article is None:
        raise Http404
    return article


def page_context(reading: Reading, **more: Any) -> dict[str, Any]:
    """Return what every page about a call's text needs."""
    return {
        "door": "have_your_say",
        "call": reading.call,
        "page": reading.call.page,
        "consultation": reading.call.consultation,
        "text": reading.text,
        "draft": reading.text.version.draft,
        "draft_url": draft_url(reading.slug, reading.text.version.draft.slug),
        "foreign_lang": HTML_LANG.get(reading.text.language, "") if reading.text.language != get_language() else "",
        **more,
    }


def draft_url(slug: str, name: str) -> str:
    """Return where a text of a call is read; the first one has no name."""
    return reverse("draft_named", args=[slug, name]) if name else reverse("draft", args=[slug])


@require_safe
@shared_for_seconds
def finder(request: HttpRequest) -> HttpResponse:
    """List the calls, filtered by topic and state."""
    topic, state = request.GET.get("topic", "")[:48], request.GET.get("state", "")[:12]
    topics = list(Topic.objects.all())
    topic = topic if topic in {known.code for known in topics} else ""
    state = state if state in set(rules.CallState) else ""
    found = queries.calls(
        language=get_language() or "", actor=request.user, now=timezone.now(), topic=topic, state=state
    )
    context = {
        "door": "have_your_say",
        "calls": found,
        "topics": topics,
        "topic": topic,
        "states": [(known.value, words) for known, words in STATES.items()],
        "state": state,
    }
    return render(request, "consultations/finder.html", context)


@require_safe
@shared_for_seconds
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a call is about and how to take part."""
    return overview_of(request, _call(request, slug))


def overview_of(request: HttpRequest, call: queries.Call) -> HttpResponse:
    """Show the overview of a call, for a reader or beside the editor."""
    versions = published_versions(call.consultation)
    context = {
        "door": "have_your_say",
        "call": call,
        "page": call.page,
        "consultation": call.consultation,
        "version": versions[0] if versions else None,
        "texts": queries.draft_links(versions, language=get_language() or "") if len(versions) > 1 else [],
        "answer_due": rules.answer_due(call.consultation.closes_at, call.consultation.answer_days),
        "basket": basket.read(request, call.consultation.slug),
        "notices": running.notices(call.consultation, timezone.now()),
        "evidence": running.evidence(call.consultation, actor=request.user),
        "policies": Policy.objects.visible_to(request.user).filter(calls=call.consultation),
    }
    return render(request, "consultations/overview.html", context)


@require_safe
@shared_for_seconds
def draft(request: HttpRequest, slug: str, name: str = "") -> HttpResponse:
    """Show one whole text of a call with outline, counts and a comment control on each article or question."""
    reading = reading_of(request, slug, name=name, with_counts=True)
    if name and name == reading.versions[0].draft.slug:
        return redirect("draft", slug=slug)  # a call's first text has one address, also when it has a name
    link_terms(reading.text)
    versions = reading.versions
    texts = queries.draft_links(versions, language=get_language() or "") if len(versions) > 1 else []
    earlier = [
        version
        for version in comparing.published_versions(reading.text.version.draft)
        if version.number < reading.text.version.number
    ]
    context = page_context(
        reading,
        basket=basket.read(request, slug),
        earlier=earlier[-1] if earlier else None,
        explained=_explained(reading),
        texts=texts,
        own_title=next((link.title for link in texts if name and link.slug == name), ""),
    )
    return render(request, "consultations/draft.html", context)


def _explained(reading: Reading) -> dict[int, list[packs.Explanation]]:
    """Return clause id to where it is explained; nothing is looked for while the call has no interpretation."""
    if not reading.call.interpreted:
        return {}
    return packs.explained_in(reading.call.consultation)


@require_safe
@shared_for_seconds
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what changed between two published versions: side by side, or in one text."""
    call = _call(request, slug)
    current = named(published_versions(call.consultation), request.GET.get("draft", ""))
    if current is None and request.GET.get("draft"):
        raise Http404
    versions = comparing.published_versions(current.draft) if current else []
    numbers = {str(version.number): version for version in versions}
    old = numbers.get(request.GET.get("from", str(versions[-2].number) if len(versions) > 1 else ""))
    new = numbers.get(request.GET.get("to", str(versions[-1].number) if versions else ""))
    if any(request.GET.get(name) and request.GET[name] not in numbers for name in ("from", "to")):
        raise Http404
    found = None
    if old is not None and new is not None and old.number < new.number:
        found = comparing.compared(old, new, language=get_language() or "")
    everything = request.GET.get("all") == "1"
    context = {
        "door": "have_your_say",
        "call": call,
        "page": call.page,
        "consultation": call.consultation,
        "versions": versions,
        "draft": current.draft if current else None,
        "old": old,
        "new": new,
        "compared": found,
        "articles": (found.articles if everything else found.changed) if found else [],
        "everything": everything,
        "inline": request.GET.get("view") == "inline",
        "foreign_lang": HTML_LANG.get(found.language, "") if found and found.language != get_language() else "",
    }
    return render(request, "consultations/compare.html", context)


@require_safe
@shared_for_seconds
def clause(request: HttpRequest, slug: str, clause: str) -> HttpResponse:
    """Show one article with its first comments."""
    reading = reading_of(request, slug, clause=clause, with_counts=True)
    link_terms(reading.text)
    article = _article(reading, clause)
    before, after = reading.text.neighbours(article)
    order = order_of(request.GET.get("sort", ""))
    comments = queries.public_comments(
        reading.call, reading.text, page=1, article=article, order=order, now=timezone.now()
    )
    context = page_context(
        reading,
        article=article,
        before=before,
        after=after,
        comments=comments,
        order=order,
        confidential=article.confidential,
        replies=replies.under_article(article.sources),
        basket=basket.read(request, slug),
        explained=_explained(reading),
    )
    return render(request, "consultations/clause.html", context)


@require_safe
@shared_for_seconds
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """List the published comments in the order asked for, all or on one article."""
    wanted = request.GET.get("clause", "")[:130]
    reading = all_texts(request, slug, with_counts=bool(wanted))
    article = reading.text.article(wanted) if wanted and wanted != "whole" else None
    order = order_of(request.GET.get("sort", ""))
    whole = wanted == "whole"
    found = queries.public_comments(
        reading.call,
        reading.text,
        page=whole_number(request.GET.get("page", ""), digits=5, otherwise=1),
        article=article,
        whole=whole,
        order=order,
        now=timezone.now(),
    )
    wanted = wanted if article or wanted == "whole" else ""
    context = page_context(
        reading,
        comments=found,
        article=article,
        wanted=wanted,
        order=order,
        query=list_query(wanted, order),
        confidential=queries.total_of(reading.call, reading.text, article=article, whole=whole).confidential,
    )
    return render(request, "consultations/comments.html", context)


@require_safe
def comment(request: HttpRequest, slug: str, comment_id: int) -> HttpResponse:
    """Show one published comment at its own, lasting address."""
    found = queries.public_comment(comment_id)
    clause = found.clause.key if found and found.clause else ""
    reading = reading_of(request, slug, clause=clause, with_sources=True)
    if found is None or found.consultation_id != reading.call.consultation.pk:
        raise Http404
    shown = queries.present([found], reading.text)[0]
    context = page_context(reading, comment=shown, may_translate=has_role(request.user, Role.EDITOR))
    return render(request, "consultations/comment.html", context)


def _closed(request: HttpRequest, reading: Reading, refusal: Refused, texts: list[str]) -> HttpResponse:
    """Refuse a comment that came too late, and hand every typed word back."""
    context = page_context(reading, message=refusal_message(refusal), texts=texts, kept="\n\n".join(texts))
    return render(request, "consultations/closed.html", context, status=403)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: HttpRequest, slug: str, clause: str = "") -> HttpResponse:
    """Write a comment on one article, or on the whole draft, into the basket."""
    kept = basket.read(request, slug)
    editing = kept.item(request.GET.get("item", "")) if kept else None
    reading = reading_of(request, slug, clause=clause)
    if editing:
        reading = replace(reading, text=_text_in(reading.text, editing.language))
    article = _article(reading, clause) if clause else None
    original = article.text if article else ""
    passage = _passage(request, reading, original, editing)
    if request.method == "POST":
        form = CommentForm(request.POST, original=original)
        try:
            _check_open(reading)
        except Refused as refusal:
            typed = [clean_text(request.POST.get(name, "")) for name in ("text", "suggested")]
            return _closed(request, reading, refusal, [text for text in typed if text and text != original])
        if form.is_valid():
            given = form.as_input(article.key if article else "", reading.text.language, passage)
            try:
                basket.put(request, slug, given, editing.id if editing else "")
            except Refused as refusal:
                form.add_error(None, refusal_message(refusal))
            else:
                return redirect("basket", slug=slug)
        return _compose_page(request, reading, article, form, editing, passage, status=422)
    if not reading.call.is_open:
        return redirect("consultation", slug=slug)
    initial = {"suggested": original}
    if editing:
        initial = {
            "stance": editing.stance,
            "text": editing.text,
            "suggested": editing.suggested or original,
            "confidential": editing.confidential,
        }
    form = CommentForm(initial=initial, original=original)
    return _compose_page(request, reading, article, form, editing, passage)


def _passage(
    request: HttpRequest, reading: Reading, original: str, editing: basket.Item | None
) -> tuple[int, int] | None:
    """Return the marked words a comment is about: named by the address, else those of the comment being changed."""
    asked = request.GET
    if asked.get("v", "") == str(reading.text.version.number):
        return stretch(original, asked.get("from", ""), asked.get("to", ""))
    if editing is None or not editing.passage or not original or asked.get("whole"):
        return None
    return editing.passage[0], editing.passage[1]


def _text_in(text: queries.Text, language: str) -> queries.Text:
    """Return the same version in the language a comment was written on: its wording belongs to those words."""
    if language in ("", text.language):
        return text
    return queries.text_of(text.version, language=language, with_counts=False)


def _check_open(reading: Reading) -> None:
    reading.call.consultation.check_open(timezone.now())


def _compose_page(
    request: HttpRequest,
    reading: Reading,
    article: queries.Article | None,
    form: CommentForm,
    editing: basket.Item | None,
    passage: tuple[int, int] | None,
    status: int = 200,
) -> HttpResponse:
    original = article.text if article else ""
    context = page_context(
        reading,
        article=article,
        form=form,
        editing=editing,
        original=original,
        quote=original[passage[0] : passage[1]] if passage else "",
        marked_before=bool(request.GET.get("v")) and passage is None,
    )
    return render(request, "consultations/compose.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def basket_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the comments not sent yet; take one out."""
    reading = reading_of(request, slug)
    if request.method == "POST":
        basket.take_out(request, slug, request.POST.get("remove", "")[:32])
        return redirect("basket", slug=slug)
    return render(request, "consultations/basket.html", page_context(reading, **_basket_rows(request, reading)))


def _basket_rows(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    """Return the basket and its rows: item, article, diff of the suggestion, personal data found."""
    kept = basket.read(request, reading.slug)
    texts = {(reading.text.version.pk, reading.text.language): reading.text}
    waiting = files.held(kept.digest) if kept else {}
    rows = []
    seen: set[str] = set()
    for item in kept.items if kept else []:
        language = item.language or reading.text.language
        version = holding(reading.versions, item.key)
        if (version.pk, language) not in texts:
            texts[version.pk, language] = queries.text_of(version, language=language, with_counts=False)
        articles = texts[version.pk, language].articles
        article = next((article for article in articles if article.key == item.key), None)
        rows.append(
            {
                "item": item,
                "article": article,
                "stance": Comment.Stance(item.stance).label,
                "language": language,
                "pieces": queries.shortened(wording.diff(article.text, item.suggested, language), language)
                if item.suggested and article
                else [],
                "findings": personal_data.find(item.text + "\n" + item.suggested),
                "masked": personal_data.mask(item.text),
                "twice": item.text in seen,
                "files": waiting.get(item.id, []),
                "quote": article.text[item.passage[0] : item.passage[1]] if article and item.passage else "",
                "gone": bool(item.key) and article is None,
            }
        )
        seen.add(item.text)
    return {"basket": kept, "rows": rows, "notices": running.notices(reading.call.consultation, timezone.now())}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, optionally, who is writing and where the answer goes."""
    reading = reading_of(request, slug)
    kept = basket.read(request, slug)
    if kept is None or not kept.items:
        return redirect("basket", slug=slug)
    form = AboutForm(request.POST if request.method == "POST" else None, initial=kept.about)
    if request.method == "POST" and form.is_valid():
        kept.about = form.cleaned_data
        basket.write(request, slug, kept)
        return redirect("check", slug=slug)
    status = 422 if form.is_bound else 200
    return render(request, "consultations/about.html", page_context(reading, form=form, basket=kept), status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything once more, then send it: one receipt for the whole basket."""
    if request.method == "POST":
        return _send(request, slug)
    kept = basket.read(request, slug)
    reading = reading_of(request, slug)
    if kept is None or not kept.items:
        return redirect("basket", slug=slug)
    return _check_page(request, reading)


def _check_page(request: HttpRequest, reading: Reading, error: str = "", status: int = 200) -> HttpResponse:
    context = _basket_rows(request, reading)
    kept = context["basket"]
    context |= {
        "error": error,
        "about": kept.about,
        "organisation_size": dict(Organisation.Size.choices).get(kept.about.get("organisation_size", ""), ""),
        "confidential": sum(item.confidential for item in kept.items),
        "region": dict(about_options("region")).get(kept.about.get("region", "")),
        "capacity": dict(about_options("capacity")).get(kept.about.get("capacity", "")),
        "answer_due": rules.answer_due(reading.call.consultation.closes_at, reading.call.consultation.answer_days),
        "opened": challenge.sign_moment(timezone.now()),
        "challenge": challenge.make() if limits.under_attack() else None,
    }
    return render(request, "consultations/check.html", page_context(reading, **context), status=status)


def _send(request: HttpRequest, slug: str) -> HttpResponse:
    form = SendForm(request.POST)
    form.is_valid()
    token = read_token(request.POST.get("token", ""))
    kept = basket.read(request, slug)
    if token is None or kept is None or not kept.items or kept.token != str(token):
        return (token and sending.sent_before(request, token)) or redirect("basket", slug=slug)
    envelope = _envelope(form, kept, token)
    try:
        sending.check_limits(request, token=kept.token, email=kept.about.get("email", ""))
        submission = actions.submit_comments(
            slug,
            [item.as_input() for item in kept.items],
            envelope,
            title=_call(request, slug).page.title if envelope.email else "",
            on_behalf=_on_behalf(kept),
            actor=request.user,
        )
    except Refused as refusal:
        return _send_refused(request, slug, kept, refusal)
    basket.drop(request, slug)
    return sending.to_receipt(request, submission.reference, envelope.code)


def _send_refused(request: HttpRequest, slug: str, kept: basket.Basket, refusal: Refused) -> HttpResponse:
    reading = reading_of(request, slug)
    if refusal.code in ("call_closed", "call_planned", "call_withdrawn"):
        texts = [text for item in kept.items for text in (item.text, item.suggested) if text]
        return _closed(request, reading, refusal, texts)
    return _check_page(request, reading, refusal_message(refusal), refusal_status(refusal.code))


def _envelope(form: SendForm, kept: basket.Basket, token: uuid.UUID) -> Envelope:
    now = timezone.now()
    return Envelope(
        token=token,
        language=get_language() or "",
        received_at=now,
        email=kept.about.get("email", ""),
        region=kept.about.get("region", ""),
        capacity=kept.about.get("capacity", ""),
        signature=kept.about.get("signature", ""),
        consents=() if all(item.confidential for item in kept.items) else ("comment-publication",),
        flagged=looks_automatic(
            honeypot=form.data.get("website", ""),
            opened_at=challenge.signed_moment(kept.opened),
            now=now,
            minimum=timedelta(seconds=settings.FASTEST_PERSON_SECONDS),
        ),
    )


def _on_behalf(kept: basket.Basket) -> OnBehalf | None:
    about = kept.about
    if not about.get("organisation"):
        return None
    return OnBehalf(about["organisation"], about.get("organisation_size", ""), about.get("organisation_role", ""))


@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the text back as a file; nothing of it is stored."""
    text = clean_text(request.POST.get("text", ""))
    return HttpResponse(
        text + "\n",
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}.txt"'},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str, comment_id: int) -> HttpResponse:
    """Let the holder of a receipt change one comment while the call is open."""
    found = wallet.holder(request, reference)
    if found is None:
        return redirect(f"{reverse('track')}?reference={reference}")
    submission, actor = found
    mine = submission.comments.select_related("consultation", "clause", "version__draft").filter(pk=comment_id).first()
    if mine is None:
        raise Http404
    text = queries.text_of(mine.version, language=mine.language, with_counts=False)
    article = next((article for article in text.articles if mine.clause and article.key == mine.clause.key), None)
    original = article.text if article else ""
    initial = {"stance": mine.stance, "text": mine.text, "suggested": mine.suggested or original}
    form = CommentForm(request.POST if request.method == "POST" else None, initial=initial, original=original)
    context = {
        "door": "track",
        "submission": submission,
        "article": article,
        "form": form,
        "original": original,
        "comment": mine,
        "draft": mine.version.draft,
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_comment(mine.pk, form.as_input(""), now=timezone.now(), actor=actor)
        except Refused as refusal:
            context |= {"error": refusal_message(refusal), "kept": form.cleaned_data["text"]}
            return render(request, "consultations/edit.html", context, status=refusal_status(refusal.code))
        return redirect("submission", reference=reference)
    return render(request, "consultations/edit.html", context, status=422 if form.is_bound else 200)
