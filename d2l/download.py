"""One download, with a limit on its time and on its size."""
import threading
from collections.abc import Callable
from concurrent import futures


class DownloadError(OSError):
    """An address cannot be read, or not within the limits."""


def download(url: str, most: int, seconds: float,
             progress: bool = False) -> bytes:
    """Return what stands at an address.

    Args:
        url: http:// or https://.
        most: how many bytes there may be.
        seconds: how long it may take, from the look-up of the name to the
            last byte, however regularly bytes arrive.
        progress: whether to draw a bar on stderr.

    Raises:
        DownloadError: if it cannot be had; it says why, not the address.
    """
    late = threading.Event()
    # Whoever sends a byte now and then keeps every read of a socket waiting,
    # so the limit is on the thread that reads.
    result = _in_a_thread(lambda: _get(url, most, late, progress))
    try:
        return result.result(seconds)
    except futures.TimeoutError:
        raise DownloadError('not done in time') from None
    finally:
        late.set()  # after Ctrl-C as well; the next bytes end the thread


def _in_a_thread(work: Callable[[], bytes]) -> futures.Future[bytes]:
    """Return what `work` will return or raise, in a thread that does not
    outlive Python, as one of an executor would."""
    result: futures.Future[bytes] = futures.Future()

    def call() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # raised where the result is asked for
            result.set_exception(error)

    threading.Thread(target=call, daemon=True).start()
    return result


def _get(url: str, most: int, late: threading.Event, progress: bool) -> bytes:
    """Return what stands at `url`, or part of it once it is `late`."""
    import requests
    from tqdm import tqdm
    got = bytearray()
    try:
        with requests.get(url, stream=True, timeout=10) as response:
            if not response.ok:
                raise DownloadError(f'HTTP status {response.status_code}')
            length = response.headers.get('content-length', '')
            with tqdm(total=int(length) if length.isdecimal() else None,
                      unit='B', unit_scale=True, disable=not progress) as bar:
                for chunk in response.iter_content(2**14):
                    got += chunk
                    bar.update(len(chunk))
                    if len(got) > most:
                        raise DownloadError(f'more than {most:,} bytes')
                    if late.is_set():
                        break
    except requests.RequestException as error:
        raise DownloadError(type(error).__name__) from None
    return bytes(got)
