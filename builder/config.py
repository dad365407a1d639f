"""config.ini as an object. Paths in it are relative to its folder.

SETTINGS names every section and key that the file may have, and each value is
checked as it is read: whoever holds a Config holds a possible one. Standard
library only: `make` asks for the tabs before anything is installed.
"""
import configparser
import re
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError
from builder.settings import Settings

SETTINGS = {
    'book': ('title', 'authors', 'language', 'root', 'tabs', 'explicit_tabs',
             'bibliography', 'exclude', 'repository', 'branch', 'citation',
             'package', 'install', 'without'),
    'translation': ('title',),  # of a language
    'tab': ('title', 'modules', 'packages', 'device', 'pythons', 'colab',
            'install', 'api'),
    'recording': ('modules', 'reads', 'data', 'limits'),
    'evidence': ('chapter', 'claims', 'studies', 'runs'),
    'lab': ('images', 'runs'),
    'zip': ('files', 'wheel', 'note'),
    'html': ('theme', 'favicon', 'styles', 'site', 'cover'),
    'licences': (),  # its keys are kinds of things, as text and code
    'links': ()}  # its keys are labels of other books
# Names of environments, of the folder of Colab's copies, of what every tab is.
TAKEN = ('all', 'book', 'colab', 'lab', 'pins')
ADDRESS = r'https?://[^\s"\'`<>\\]+', 'an address that begins with https://'
BRANCH = r'[\w.][\w./-]*', 'the name of a branch'
LANGUAGE = r'[a-z]{2,3}(?:[-_][A-Za-z0-9]+)*', 'a language, as en'
PACKAGE = r'[A-Za-z0-9][\w.-]*', 'the name of a distribution'
THEME = r'[\w-]+', 'the name of a theme'
FUNCTION = r'[A-Za-z_][\w.]*:[A-Za-z_]\w*', 'module:function'


@dataclass(frozen=True)
class Tab:
    """A framework: its name, its title, what its numbers rest on.

    pythons: versions that it can be installed on, as '3.11'; empty if on all.
    colab: whether it runs with what Colab has installed.
    install: what to know before it is installed, as Markdown.
    api: the module that its cells call by the package's name.
    """
    name: str
    title: str
    modules: tuple[str, ...]
    packages: tuple[str, ...]
    device: str
    pythons: tuple[str, ...]
    colab: bool
    install: str
    api: Path | None


@dataclass(frozen=True)
class Licence:
    """What something of the book may be used for: a name, an address."""
    name: str
    url: str


@dataclass(frozen=True)
class Link:
    """A label of another book: its number, title and address."""
    number: str
    title: str
    url: str


@dataclass(frozen=True)
class Zip:
    """What lies in a tab's zip besides notebooks and what they read: files,
    the wheel that is built of others, a note in its README."""
    files: tuple[str, ...]
    wheel: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Evidence:
    """Functions that judge claims and tell of studies, and the page whose
    cells the runs are made of."""
    chapter: str
    claims: str
    studies: str


@dataclass(frozen=True)
class Html:
    """How pages look, and the address that they are published at."""
    theme: str
    favicon: Path | None
    styles: tuple[Path, ...]
    site: str
    cover: str


@dataclass(frozen=True)
class Config:
    """A book's settings, from `file` in `folder`; see config.ini."""
    folder: Path
    file: str
    title: str
    authors: str
    language: str
    translations: dict[str, str]  # a language: the title in it
    root: Path
    tabs: dict[str, Tab]
    explicit_tabs: bool
    repository: str
    branch: str
    package: str
    install: str
    zip: Zip | None
    bibliography: Path | None
    exclude: tuple[str, ...]
    without: tuple[str, ...]
    citation: Path | None
    licences: dict[str, Licence]
    data: str
    reads: tuple[str, ...]
    limits: tuple[str, ...]
    evidence: Evidence
    lab_images: str
    lab_runs: str
    html: Html
    links_name: str
    links: dict[str, Link]

    def notebook(self, tab: str, page: str) -> Path:
        """Return the path of the recorded notebook of `page` in `tab`."""
        return self.folder / 'notebooks' / tab / f'{page}.ipynb'


def load_config(path: str | Path = 'config.ini') -> Config:
    """Return the Config in the file at `path`.

    Raises:
        BuildError: if the file or a setting is missing, misspelt or
            malformed, with section, key and value.
    """
    path = Path(path).resolve()
    # With another default section, [DEFAULT] is an unknown one.
    parser = configparser.ConfigParser(interpolation=None, default_section='')
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(path.read_text('utf-8-sig'), path.name)
        _refuse_d2lbook(path, parser)
        return _config(Settings(path.parent, parser), path.name)
    except OSError as error:
        raise BuildError(f'{path}: {error.strerror}') from None
    except UnicodeDecodeError:
        raise BuildError(f'{path.name}: not UTF-8') from None
    except (configparser.Error, ValueError) as error:
        raise BuildError(f'{path.name}: {error}') from None


def _refuse_d2lbook(path: Path, parser: configparser.ConfigParser) -> None:
    """Say so if this is d2lbook's config.ini."""
    if not parser.has_section('book') and parser.has_section('project') and (
            parser.has_section('build')):
        raise ValueError('this is d2lbook\'s own; python -m builder --config '
                         f'{path.with_name("book.ini").name} new writes one '
                         'for this builder from it')


def _config(settings: Settings, file: str) -> Config:
    settings.refuse_unknown(SETTINGS)
    root = _root(settings)
    tabs = _tabs(settings)
    return Config(
        folder=settings.folder, file=file,
        title=settings.text('book', 'title'),
        authors=settings.text('book', 'authors'),
        language=settings.form('book', 'language', LANGUAGE, 'en'),
        translations=_translations(settings), root=root, tabs=tabs,
        explicit_tabs=settings.flag('book', 'explicit_tabs', False),
        repository=settings.form('book', 'repository', ADDRESS),
        branch=settings.form('book', 'branch', BRANCH, 'main'),
        package=settings.form('book', 'package', PACKAGE),
        install=settings.text('book', 'install'), zip=_zip(settings),
        bibliography=settings.file('book', 'bibliography'),
        exclude=settings.items('book', 'exclude'),
        without=settings.items('book', 'without'),
        citation=settings.file('book', 'citation'),
        licences=_licences(settings),
        data=settings.form('recording', 'data', FUNCTION),
        reads=settings.files_of_tabs('recording', 'reads', tabs),
        limits=settings.items('recording', 'limits', r'[A-Za-z_]\w*',
                              'names of variables'),
        evidence=_evidence(settings),
        lab_images=settings.form('lab', 'images', FUNCTION),
        lab_runs=settings.form('lab', 'runs', FUNCTION),
        html=_html(settings),
        links_name=settings.text('links', 'name'), links=_links(settings))


def _translations(settings: Settings) -> dict[str, str]:
    title, own = (settings.text('book', key) for key in ('title', 'language'))
    found: dict[str, str] = {}
    for section in settings.named('translation'):
        language = section.partition(' ')[2]
        if not re.fullmatch(LANGUAGE[0], language) or language == (
                own or 'en'):
            raise ValueError(f'[{section}]: expected {LANGUAGE[1]}, and '
                             'another than the book\'s')
        found[language] = settings.text(section, 'title', title)
    return found


def _zip(settings: Settings) -> Zip | None:
    if 'zip' not in settings.sections:
        return None
    return Zip(settings.paths('zip', 'files'), settings.paths('zip', 'wheel'),
               settings.text('zip', 'note'))


def _evidence(settings: Settings) -> Evidence:
    chapter = settings.file('evidence', 'chapter')
    settings.form('evidence', 'runs', ADDRESS)  # setup.py reads it
    return Evidence(
        chapter.relative_to(settings.folder).as_posix() if chapter else '',
        settings.form('evidence', 'claims', FUNCTION),
        settings.form('evidence', 'studies', FUNCTION))


def _html(settings: Settings) -> Html:
    site = settings.form('html', 'site', ADDRESS)
    return Html(
        settings.form('html', 'theme', THEME, 'furo'),
        settings.file('html', 'favicon'),
        tuple(settings.folder / name
              for name in settings.files('html', 'styles')),
        f'{site.rstrip("/")}/' if site else '',
        settings.form('html', 'cover', FUNCTION))


def _licences(settings: Settings) -> dict[str, Licence]:
    licences: dict[str, Licence] = {}
    for kind in settings.sections.get('licences', {}):
        name, comma, url = settings.text('licences', kind).partition(', ')
        if not comma or not re.fullmatch(ADDRESS[0], url):
            raise settings.wrong('licences', kind,
                                 'expected "name, address"')
        licences[kind] = Licence(name, url)
    return licences


def _root(settings: Settings) -> Path:
    missing = [key for key in ('title', 'root', 'tabs')
               if not settings.text('book', key).strip(' ,')]
    if missing:
        raise ValueError(f'section [book] lacks {", ".join(missing)}')
    root = settings.file('book', 'root')
    if root is None or root.suffix != '.md':
        raise settings.wrong('book', 'root', 'expected a file NAME.md')
    return root


def _tabs(settings: Settings) -> dict[str, Tab]:
    names = settings.items('book', 'tabs', r'[A-Za-z]\w*',
                           'names of letters, digits and _')
    for name in names:
        if name.lower() in TAKEN:
            raise settings.wrong('book', 'tabs', f'the name {name!r} is taken')
    common = settings.files('recording', 'modules')
    return {name: _tab(settings, name, common) for name in names}


def _tab(settings: Settings, name: str, common: tuple[str, ...]) -> Tab:
    section = f'tab {name}'
    return Tab(
        name, settings.text(section, 'title', name),
        common + settings.files(section, 'modules'),
        settings.items(section, 'packages', r'[\w.-]+', 'names of packages'),
        settings.form(section, 'device', FUNCTION),
        settings.items(section, 'pythons', r'\d+\.\d+',
                       'versions of Python, as 3.11'),
        settings.flag(section, 'colab', True),
        settings.text(section, 'install'), settings.file(section, 'api'))


def _links(settings: Settings) -> dict[str, Link]:
    base = settings.form('links', 'url', ADDRESS)
    links: dict[str, Link] = {}
    for label in settings.sections.get('links', {}):
        if label in ('name', 'url'):
            continue
        parts = [part.strip() for part in
                 settings.text('links', label).split(',', 2)]
        if len(parts) != 3 or not all(parts):
            raise settings.wrong('links', label,
                                 'expected "number, page, title"')
        number, page, title = parts
        links[label] = Link(number, title, base + page)
    return links
