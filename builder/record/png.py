"""PNG pictures in outputs: whole files, and nothing behind them."""
import base64
import binascii
import struct
import zlib

_SIGNATURE = b'\x89PNG\r\n\x1a\n'
_MOST = 50_000_000  # pixels; a browser takes four bytes for each


def png_file(text: str) -> bytes:
    """Return the PNG file that `text` is in base64.

    Raises:
        ValueError: if it is none, is not whole, or is too large to show.
    """
    try:
        content = base64.b64decode(''.join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        content = b''
    width, height = png_size(content)
    if not (width and height and width * height <= _MOST):
        raise ValueError(f'a PNG of {width:,} by {height:,} pixels, expected '
                         f'some, and {_MOST:,} at most')
    return content


def png_size(content: bytes) -> tuple[int, int]:
    """Return (width, height) of a PNG file in pixels.

    Raises:
        ValueError: if it is none, or not whole.
    """
    kinds = _chunks(content)
    if not (kinds and kinds[0] == b'IHDR' and kinds[-1] == b'IEND'
            and b'IDAT' in kinds and kinds.count(b'IEND') == 1):
        raise ValueError('not a whole PNG file in base64')
    width, height = struct.unpack_from('>II', content, 16)
    return width, height


def _chunks(content: bytes) -> list[bytes]:
    """Return the kinds of a file's chunks, or nothing if one is broken."""
    kinds: list[bytes] = []
    at = len(_SIGNATURE)
    if not content.startswith(_SIGNATURE):
        return []
    while at < len(content):
        if at + 12 > len(content):
            return []
        length, = struct.unpack_from('>I', content, at)
        body = content[at + 4:at + 8 + length]
        end = content[at + 8 + length:at + 12 + length]
        if len(end) < 4 or struct.unpack('>I', end)[0] != zlib.crc32(body):
            return []
        kinds.append(body[:4])
        at += 12 + length
    return kinds
