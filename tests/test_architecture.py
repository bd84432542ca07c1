"""Rules of the house that a linter or a reviewer would forget (DESIGN §2 and §3)."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
CODE = ["campaigns", "home", "site/config"]
TEMPLATES = ROOT / "templates"


def sources() -> Iterator[Path]:
    for folder in CODE:
        yield from (
            path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
        )


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def page_templates() -> list[Path]:
    """What the public gets. Mails may style inline; staff have sessions and their tokens."""
    return [
        path
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not {"email", "staff"} & set(path.parts)
    ]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_there_is_code_to_look_at():
    assert len(list(sources())) > 60
    assert len(page_templates()) > 40


def test_the_apps_import_each_other_in_one_direction():
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=ROOT,
        env={"PATH": str(linter.parent), "PYTHONPATH": "site:."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "broken" not in done.stdout.replace("0 broken", "")


@pytest.mark.parametrize("module", ["django.core.mail", "smtplib", "anymail"])
def test_the_outbox_alone_sends_mail(module):
    guilty = [
        name_of(path)
        for path in sources()
        if any(name == module or name.startswith(f"{module}.") for name in imports(path))
        and "outbox" not in path.parts
    ]
    assert guilty == []


def test_env_alone_reads_the_environment():
    readers = {
        name_of(path)
        for path in sources()
        if re.search(r"\bos\.(environ|getenv)\b|\bgetenv\(", path.read_text(encoding="utf-8"))
    }
    # Naming the settings module is how Django starts; giving a default is no reading either.
    for path in (ROOT / "site/config/celery.py", ROOT / "site/config/wsgi.py"):
        lines = [line for line in path.read_text().splitlines() if "os.environ" in line]
        assert all("os.environ.setdefault(" in line for line in lines)
        readers.discard(name_of(path))
    assert readers == {"site/config/env.py"}


def test_nothing_is_marked_safe():
    pattern = re.compile(r"\bmark_safe\b|\bRawHTMLBlock\b|\bSafeString\(|format_html\(\s*f[\"']")
    guilty = [
        name_of(path) for path in sources() if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_no_template_switches_escaping_off():
    pattern = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape off\s*%}")
    guilty = [
        name_of(path)
        for path in sorted(TEMPLATES.rglob("*"))
        if path.suffix in {".html", ".mjml"} and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_no_template_runs_or_styles_anything_inline():
    pattern = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|http-equiv",
        re.IGNORECASE,
    )
    guilty = {
        name_of(path): pattern.search(path.read_text(encoding="utf-8"))[0]
        for path in page_templates()
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert guilty == {}


def test_no_template_holds_a_csrf_token_or_reads_a_person():
    """One cached copy serves everybody: it knows neither session nor user nor message."""
    pattern = re.compile(
        r"csrf_token|\brequest\.(user|session|COOKIES)|{{\s*(user|messages|perms)\b"
    )
    guilty = [name_of(path) for path in page_templates() if pattern.search(path.read_text())]
    assert guilty == []


def test_no_template_names_a_third_party():
    pattern = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//(?!{{)""")
    guilty = [
        name_of(path)
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file() and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_no_style_or_script_fetches_from_anybody_else():
    pattern = re.compile(
        r"""@import\s+(?:url\()?["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|["'`]https?://"""
    )
    files = [
        path for kind in ("css", "js") for path in sorted((ROOT / "site/static").rglob(f"*.{kind}"))
    ]
    assert files
    guilty = [name_of(path) for path in files if pattern.search(path.read_text(encoding="utf-8"))]
    assert guilty == []


def test_every_public_form_has_its_stable_hook():
    for path in page_templates():
        for form in re.findall(r"<form\b.*?>", path.read_text(encoding="utf-8"), re.DOTALL):
            if 'method="post"' in form:
                assert "data-form=" in form, name_of(path)


def views(patterns=None, prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def test_the_views_without_a_csrf_token_are_these_and_no_others():
    """A new line here needs a reason: `public_form` checks where a post comes from instead."""
    exempt = {
        re.sub(r"^\^?(fr|nl|de|en)/", "", path)
        for path, view in views()
        if getattr(view, "csrf_exempt", False) and not path.startswith(("admin/", "anymail/"))
    }
    assert exempt == {
        "sign-up/",
        "confirm-mails/page/<slug:digest>/",
        "stop-mails/page/<slug:digest>/",
        "stop-mails/<str:token>/",  # RFC 8058: a mail program posts, and only the token counts.
        "m/<slug:door>/<str:token>/",  # The same in mailings: `stop` alone can be posted to.
        "petitions/<slug:reference>/sign/",
        "petitions/<slug:reference>/press/",
        "petitions/<slug:reference>/share/mastodon/",
        "sign-one/page/<slug:digest>/",
        "receipt/page/<slug:digest>/",
        "devices/forget/",
        "marathon/<int:year>/sign/",
        "marathon/<int:year>/press/",
        "marathon/<int:year>/<int:number>/",
        "confirm-marathon/page/<slug:digest>/",
        "sign-marathon/page/<slug:digest>/",
        "marathon/<int:year>/messages/<slug:reference>/",
        "marathon/<int:year>/messages/<slug:reference>/press/",
        "embed/petitions/<slug:reference>/",
        "confirm-signature/page/<slug:digest>/",
        "my-data/",
        "my-data/me/",
        "my-data/me/close/",
        "my-data/me/read/",
        "my-data/me/download/",
        "my-data/me/erase/",
        "my-data/me/<slug:code>/",
        "stop-mails/all/",
        "open-my-data/page/<slug:digest>/",
        "confirm-address/page/<slug:digest>/",
        "stop-all-mails/page/<slug:digest>/",
        "fewer-mails/page/<slug:digest>/",
        "pause-mails/page/<slug:digest>/",
        "ask-for-my-data/page/<slug:digest>/",
        "letters/<slug:code>/",
        "letters/<slug:code>/letter.pdf",
        "letters/<slug:code>/letter.docx",
        "letters/<slug:code>/sent/",
        "letters/<slug:code>/undo/<uuid:act>/",
        "letters/<slug:code>/opened/",
        "letters/<slug:code>/reply/",
        "tell-us/page/<slug:digest>/",
    }


def test_the_only_exempt_views_of_others_are_webhooks_that_prove_who_they_are():
    from anymail.webhooks.base import AnymailCoreWebhookView

    for path, view in views():
        if path.startswith("anymail/") and getattr(view, "csrf_exempt", False):
            assert issubclass(view.view_class, AnymailCoreWebhookView)


def test_wagtails_api_is_not_routed():
    assert not [path for path, _view in views() if "api/" in path and not path.startswith("admin/")]


def test_supporters_are_no_content():
    """Not searchable, not snippets, no pages, not indexed for references."""
    from django.apps import apps
    from wagtail.models import Page, ReferenceIndex
    from wagtail.search.index import Indexed
    from wagtail.snippets.models import get_snippet_models

    people = [
        apps.get_model(name)
        for name in (
            "supporters.Supporter", "supporters.Consent", "supporters.Subscription",
            "petitions.Signature", "petitions.SolidarityMessage",
            "letters.LetterAct", "letters.ChannelOpening", "letters.Reply",
            "outbox.OutgoingMessage", "outbox.DeliveryEvent",
            "mailings.Delivery", "mailings.ProofReader",
        )
    ]  # fmt: skip
    for model in people:
        assert not issubclass(model, (Page, Indexed))
        assert model not in get_snippet_models()
        assert not ReferenceIndex.is_indexed(model)


def test_services_take_keywords_and_no_clock_of_their_own():
    """Time is an argument, so that a test can say when it is."""
    for path in sources():
        if path.name != "services.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert not node.args.args, (
                    f"{name_of(path)}: {node.name} takes positional arguments"
                )
        assert "timezone.now()" not in path.read_text(encoding="utf-8"), name_of(path)


def test_no_code_is_left_lying_about():
    pattern = re.compile(r"\b(print|breakpoint)\(|\bpdb\b|#\s*(TODO|FIXME|XXX)\b")
    guilty = [
        name_of(path)
        for path in sources()
        if "management" not in path.parts and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []
