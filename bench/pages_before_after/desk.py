"""What the editors do at the desk: write, decide, import, merge, bring back, begin a round."""

from bench.pages_before_after import stillness
from bench.pages_before_after.samples import model, slugs
from bench.pages_before_after.walk import file, links

PRACTICES = "/admin/practices/practice"
IMPORTED = (
    "Titre;Accroche;Type;Thèmes;Secteurs;Pays\n"
    "Une ressourcerie;On trie et on répare.;Initiative;{theme};{sector};France\n"
    "Un verger partagé;On plante.;Initiative;Un thème inconnu;{sector};France\n"
    ";Sans titre;Initiative;{theme};{sector};France\n"
)


def work(walk):
    """All that is done at the desk."""
    practice = write_and_decide(walk)
    look_back(walk, practice)
    import_file(walk)
    merge(walk)
    page = walk.go("the desk before a round", walk.editor, "/admin/")
    page = walk.press("a round begins", walk.editor, page, "/admin/relecture/")
    walk.press("a round is closed", walk.editor, page, "/admin/relecture/", {"close": "1"})


def new_practice(**words):
    """What the form of a practice needs to be shown."""
    terms = {"kind": "Kind", "countries": "Country", "themes": "Theme", "sectors": "Sector"}
    chosen = {field: [str(model(name)._default_manager.order_by("pk")[2].pk)] for field, name in terms.items()}
    return {"title_fr": 'La pratique "essai"', "teaser_fr": "On essaie : voilà !", **chosen, **words}


def write_and_decide(walk):
    """A contributor writes a practice; it goes through every step, each told by mail to whom it concerns."""
    page = walk.go("a new practice", walk.contributor, f"{PRACTICES}/add/")
    walk.fill("a practice that lacks its themes", walk.contributor, page, new_practice(themes=[]), "_submit")
    walk.fill("a practice is submitted", walk.contributor, page, new_practice(), "_submit")
    walk.mail("a practice submitted")
    pk = model("Practice")._default_manager.order_by("-pk").first().pk
    change = f"{PRACTICES}/{pk}/change/"
    steps = [
        ("contributor", "withdraw"),
        ("contributor", "submit"),
        ("editor", "send_back"),
        ("contributor", "submit"),
        ("editor", "publish"),
        ("editor", "confirm"),
        ("editor", "unpublish"),
        ("editor", "publish"),
        ("editor", "archive"),
        ("editor", "reopen"),
    ]
    for number, (who, step) in enumerate(steps):
        name = f"step {number}, {step}"
        page = walk.go(f"{name}, before", getattr(walk, who), change)
        fields = {f"_{step}": "1", "note": "Une note,\nsur deux lignes."}
        walk.press(name, getattr(walk, who), page, f"{PRACTICES}/{pk}/etape/", fields)
        walk.mail(name)
    preview_of(walk, pk)
    page = walk.go("a practice to schedule", walk.editor, change)
    later = {"published_at": "2031-05-01T10:00", "place_fr": "Lille", "title_en": "The trial"}
    walk.fill("a practice is scheduled", walk.editor, page, later, "_publish")
    walk.mail("a practice scheduled")
    walk.fill("a practice that somebody else saved", walk.editor, page, {"place_fr": "Lyon"}, "_save")
    chosen = {"action": "confirm", "_selected_action": slugs_to_keys(2)}
    page = walk.go("a list to act on", walk.editor, f"{PRACTICES}/")
    walk.press("practices are accurate", walk.editor, page, f"{PRACTICES}/", chosen)
    return pk


def slugs_to_keys(most):
    """The keys of the first practices, as a form sends them."""
    return [str(pk) for pk in model("Practice")._default_manager.order_by("pk").values_list("pk", flat=True)[:most]]


def preview_of(walk, pk):
    """A draft as visitors would see it, at the desk and by the address for a partner."""
    page = walk.go("a preview", walk.editor, f"{PRACTICES}/{pk}/apercu/")
    walk.go("a preview, the page", walk.editor, f"{PRACTICES}/{pk}/apercu/page/")
    [path] = [link for link in links(page, "/apercu/") if len(link) > len("/apercu/page/")]
    walk.go("a preview for a partner", walk.visitor(), path)
    stillness.wait(days=15)
    walk.go("a preview for a partner, too late", walk.visitor(), path)
    stillness.wait(days=-15)


def look_back(walk, pk):
    """Versions, a deleted practice, and both brought back."""
    walk.go("versions", walk.editor, f"{PRACTICES}/{pk}/history/")
    versions = model("Revision")._default_manager.filter(practice=pk).order_by("pk")
    page = walk.go("versions, again", walk.editor, f"{PRACTICES}/{pk}/history/")
    walk.press("a version is restored", walk.editor, page, f"{PRACTICES}/versions/{versions[0].pk}/")
    page = walk.go("a practice to delete", walk.editor, f"{PRACTICES}/{pk}/delete/")
    walk.press("a practice is deleted", walk.editor, page, f"{PRACTICES}/{pk}/delete/", {"post": "yes"})
    page = walk.go("deleted practices", walk.editor, f"{PRACTICES}/supprimees/")
    last = model("Revision")._default_manager.filter(practice=pk).order_by("-pk").first()
    walk.press("a deleted practice is restored", walk.editor, page, f"{PRACTICES}/versions/{last.pk}/")
    walk.mail("a practice restored")
    for query in ("titre=La+pratique+essai", "titre=zzz", f"titre=La+pratique&sauf={pk}"):
        walk.go(f"duplicates of {query}", walk.editor, f"{PRACTICES}/doublons/?{query}")


def import_file(walk):
    """A file goes from its columns to the catalogue; another is dropped, a third cannot be read."""
    editor, at = walk.editor, f"{PRACTICES}/importer"
    terms = {"theme": model("Theme")._default_manager.order_by("pk")[1].name_fr}
    text = IMPORTED.format(**terms, sector=model("Sector")._default_manager.order_by("pk")[1].name_fr)
    page = walk.go("an import", editor, f"{at}/")
    walk.fill("an import of nothing", editor, page, {"file": file(b"MZ\x00", "liste.xlsx")})
    walk.fill("an import of columns", editor, page, {"file": file(text.encode(), "liste.csv")})
    job = model("ImportJob")._default_manager.order_by("-pk").first().pk
    page = walk.go("an import, columns", editor, f"{at}/{job}/colonnes/")
    page = walk.fill("an import, words", editor, page, {"c0": "title_fr"})
    page = walk.go("an import, the words", editor, f"{at}/{job}/mots/")
    page = walk.press("an import, words skipped", editor, page, f"{at}/{job}/mots/", {"_skip": "1"})
    page = walk.press("an import goes on", editor, page, f"{at}/{job}/avancer/")
    page = walk.go("an import, compared", editor, f"{at}/{job}/")
    walk.go("an import, new ones", editor, f"{at}/{job}/?voir=new&page=1")
    walk.press("an import with problems is dropped", editor, page, f"{at}/{job}/abandonner/")
    page = walk.go("a good import", editor, f"{at}/")
    good = "\n".join(text.split("\n")[:2]) + "\n"
    page = walk.fill("a good import, columns", editor, page, {"file": file(good.encode(), "bonne.csv")})
    job = model("ImportJob")._default_manager.order_by("-pk").first().pk
    page = walk.fill("a good import, chosen", editor, page, {"c0": "title_fr"})
    walk.press("a good import goes on", editor, page, f"{at}/{job}/avancer/")
    page = walk.go("a good import, compared", editor, f"{at}/{job}/")
    walk.press("a good import is written", editor, page, f"{at}/{job}/ecrire/")
    walk.go("a good import, written", editor, f"{at}/{job}/")
    for extension in ("csv", "xlsx"):
        walk.go(f"an export, {extension}", editor, f"{PRACTICES}/exporter.{extension}?q=e")


def merge(walk):
    """A term goes into another; its former address leads to the present one."""
    for name in ("Sector", "Theme", "Kind", "Audience", "Country"):
        gone, kept = model(name)._default_manager.order_by("pk")[:2]
        at = f"/admin/practices/{name.lower()}/{gone.pk}/fusionner/"
        walk.go(f"{name} to merge", walk.editor, at)
        seen = walk.go(f"{name} to merge, seen", walk.editor, f"{at}?into={kept.pk}")
        if name == "Theme":
            stamp = seen.form("stamp").filled({})["stamp"]
            walk.press("a theme is merged", walk.editor, seen, at, {"into": str(kept.pk), "stamp": stamp})
            walk.go("a merged theme", walk.visitor(), f"/bonnes-pratiques/theme/{gone.slug}/")
            walk.go("a list by a merged theme", walk.visitor(), f"/bonnes-pratiques/?theme={gone.slug}")
    page = walk.go("a practice to rename", walk.editor, f"{PRACTICES}/{slugs_to_keys(1)[0]}/change/")
    former = slugs(model("Practice"))[0]
    walk.fill("a practice is renamed", walk.editor, page, {"slug": f"{former}-bis"}, "_save")
    for path in (f"/bonnes-pratiques/{former}/", f"/api/v1/practices/{former}/", f"/ma-selection/?p={former}"):
        walk.go(f"a former address {path}", walk.visitor(), path)
