"""config.ini as an object. Paths in it are relative to its folder."""
import configparser
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError


@dataclass(frozen=True)
class Tab:
    """A framework: its name, its title, what its numbers rest on.

    pythons: versions that it can be installed on, as '3.11'; empty if on all.
    colab: whether it runs with what Colab has installed.
    """
    name: str
    title: str
    modules: tuple[str, ...]
    packages: tuple[str, ...]
    device: str
    pythons: tuple[str, ...]
    colab: bool


@dataclass(frozen=True)
class Link:
    """A label of another book: its number, title and address."""
    number: str
    title: str
    url: str


@dataclass(frozen=True)
class Config:
    """A book's settings; see the comments in config.ini."""
    folder: Path
    title: str
    authors: str
    language: str
    root: Path
    tabs: dict[str, Tab]
    explicit_tabs: bool
    repository: str
    branch: str
    bibliography: Path | None
    data: str
    reads: tuple[str, ...]
    limits: tuple[str, ...]
    claims: str
    chapter: str
    theme: str
    favicon: Path | None
    styles: tuple[Path, ...]
    links_name: str
    links: dict[str, Link]

    def notebook(self, tab, page):
        """Return the path of the recorded notebook of `page` in `tab`."""
        return self.folder / 'notebooks' / tab / f'{page}.ipynb'


def load_config(path='config.ini'):
    """Return the Config in the file at `path`.

    Raises:
        BuildError: if the file or a setting is missing or malformed.
    """
    path = Path(path).resolve()
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    try:
        with open(path, encoding='utf-8') as file:
            parser.read_file(file)
        return _config(path.parent, parser)
    except (OSError, configparser.Error, ValueError) as error:
        raise BuildError(f'{path.name}: {error}') from None


def _config(folder, parser):
    book = parser['book'] if 'book' in parser else {}
    missing = [key for key in ('title', 'root', 'tabs') if not book.get(key)]
    if missing:
        raise ValueError(f'section [book] lacks {", ".join(missing)}')
    common = _list(parser, 'recording', 'modules')

    def paths(section, key):
        return tuple(folder / name for name in _list(parser, section, key))

    return Config(
        folder=folder, title=book['title'],
        authors=book.get('authors', ''), language=book.get('language', 'en'),
        root=folder / book['root'],
        tabs={name: Tab(name,
                        parser.get(f'tab {name}', 'title', fallback=name),
                        common + _list(parser, f'tab {name}', 'modules'),
                        _list(parser, f'tab {name}', 'packages'),
                        parser.get(f'tab {name}', 'device', fallback=''),
                        _list(parser, f'tab {name}', 'pythons'),
                        parser.getboolean(f'tab {name}', 'colab',
                                          fallback=True))
              for name in _list(parser, 'book', 'tabs')},
        explicit_tabs=parser.getboolean('book', 'explicit_tabs',
                                        fallback=False),
        repository=book.get('repository', ''),
        branch=book.get('branch', 'main'),
        bibliography=next(iter(paths('book', 'bibliography')), None),
        data=parser.get('recording', 'data', fallback=''),
        reads=_list(parser, 'recording', 'reads'),
        limits=_list(parser, 'recording', 'limits'),
        claims=parser.get('evidence', 'claims', fallback=''),
        chapter=parser.get('evidence', 'chapter', fallback=''),
        theme=parser.get('html', 'theme', fallback='furo'),
        favicon=next(iter(paths('html', 'favicon')), None),
        styles=paths('html', 'styles'),
        links_name=parser.get('links', 'name', fallback=''),
        links=_links(parser))


def _list(parser, section, key):
    text = parser.get(section, key, fallback='')
    return tuple(item.strip() for item in text.split(',') if item.strip())


def _links(parser):
    if 'links' not in parser:
        return {}
    entries = dict(parser['links'])
    entries.pop('name', None)
    base = entries.pop('url', '')
    links = {}
    for label, text in entries.items():
        parts = [part.strip() for part in text.split(',', 2)]
        if len(parts) != 3:
            raise ValueError(f'link {label}: expected "number, page, title", '
                             f'got {text!r}')
        number, page, title = parts
        links[label] = Link(number, title, base + page)
    return links
