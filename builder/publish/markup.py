"""Pieces of MyST Markdown: directives, fences, links, plots."""
import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree


def page_svg(svg):
    """Return (SVG for a page, width, height in CSS pixels).

    Its background is transparent, so that the page's shows, and its size is
    left to the page.
    """
    ElementTree.register_namespace('', 'http://www.w3.org/2000/svg')
    ElementTree.register_namespace('xlink', 'http://www.w3.org/1999/xlink')
    root = ElementTree.fromstring(svg)
    name = '{http://www.w3.org/2000/svg}'
    for metadata in root.findall(f'{name}metadata'):
        root.remove(metadata)
    for patch in root.iter(f'{name}path'):
        style = patch.get('style', '')
        patch.set('style', re.sub(r'fill: #ffffff(?=;|$)', 'fill: none',
                                  style))
    _, _, width, height = map(float, root.get('viewBox').split())
    text = ElementTree.tostring(root, encoding='unicode')
    return text, round(width * 4 / 3), round(height * 4 / 3)


def download_link(text, path, name, files):
    """Take the file at `path` along as `name`; return a link to it."""
    files[name] = path.read_bytes()
    return f'[{text}](path:/{name})'


def copy_path(name):
    """Return where a copy of the book's file `name` stands beside the pages:
    a path that has the same letters in Markdown, in addresses and in TeX."""
    plain = re.sub(r'[^A-Za-z0-9./-]', '-', name)
    if plain == name:
        return f'files/{name}'
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f'files/{mark}/{plain}'


def code_block(cell):
    """Return a code cell as a fence."""
    return fenced('python', cell.source)


def directive(name, argument, content):
    """Return a directive around `content`, between more tildes than any line
    in it begins with."""
    longest = max(map(len, re.findall('^[ >]*(~{3,})', content,
                                      re.MULTILINE)), default=2)
    tildes = '~' * (longest + 1)
    return f'{tildes}{{{name}}} {argument}'.rstrip() + (
        f'\n{content}\n{tildes}')


def quoted(text):
    """Return an option's value as it is, whatever it begins with."""
    return json.dumps(text, ensure_ascii=False)


def without_marks(markdown):
    """Return Markdown without its links, code marks and dollars."""
    return re.sub(r'[`$*]', '', re.sub(r'\[([^]]*)\]\([^)]*\)', r'\1',
                                       markdown))


def fenced(language, text):
    """Return `text` in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall('`+', text)), default=0)
    fence = '`' * max(3, longest + 1)
    return f'{fence}{language}\n{text}\n{fence}'


def ref_label(key):
    """Return the label that a citation links to."""
    return 'ref-' + re.sub(r'[^a-z0-9]+', '-', key.lower())
