"""The limits of a download, with a server of this test."""
import contextlib
import socket
import threading
import time

import pytest

from d2l.download import DownloadError, download

HEAD = b'HTTP/1.0 200 OK\r\n\r\n'


@contextlib.contextmanager
def serve(pieces, pause=0.0):
    """Send these pieces to who connects, with pauses; yield the address."""
    closed = threading.Event()

    def answer():
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):  # who hangs up
            connection.recv(4096)
            for piece in pieces:
                if closed.wait(pause):
                    break
                connection.sendall(piece)

    with socket.create_server(('localhost', 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f'http://localhost:{listener.getsockname()[1]}/file'
        finally:
            closed.set()
            thread.join()


def forever(piece):
    while True:
        yield piece


def test_a_file():
    with serve([HEAD, b'a' * 5000, b'b' * 5000]) as url:
        assert download(url, 10_000, 10) == b'a' * 5000 + b'b' * 5000


def test_more_than_was_expected_is_not_kept():
    with (serve([HEAD, *[bytes(2**16)] * 1000]) as url,
          pytest.raises(DownloadError, match='more than 10,000 bytes')):
        download(url, 10_000, 10)


@pytest.mark.parametrize('start', [[HEAD], [HEAD[:-2] + b'X: '], []],
                         ids=['content', 'a header', 'the first line'])
def test_bytes_that_drip_end_with_the_time(start):
    pieces = (piece for part in (start, forever(b'.')) for piece in part)
    begun = time.monotonic()
    with (serve(pieces, 0.01) as url,
          pytest.raises(DownloadError, match='not done in time')):
        download(url, 10**6, 0.2)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(('answer', 'reason'), [
    (b'HTTP/1.0 404 Gone\r\n\r\n', 'HTTP status 404'),
    (b'HTTP/1.0 503 Busy\r\n\r\n', 'HTTP status 503'),
    (b'', 'ConnectionError'), (b'SSH-2.0\r\n', 'ConnectionError'),
    (HEAD[:-2] + b'Content-Length: 9\r\n\r\nhalf', 'Error')])
def test_why_there_is_nothing(answer, reason):
    with (serve([answer]) as url,
          pytest.raises(DownloadError, match=reason) as raised):
        download(url, 10**6, 10)
    assert 'localhost' not in str(raised.value)


@pytest.mark.parametrize('url', ['http://localhost:1/x', 'http://[/x'])
def test_what_cannot_be_reached(url):
    with pytest.raises(DownloadError):
        download(url, 10**6, 10)
