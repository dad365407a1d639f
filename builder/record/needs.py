"""What a tab's notebooks need, and how it is installed: the words for it.

The package has an extra of each tab's name, which brings the framework along.
"""
from builder import escape
from builder.config import Config


def needs(config: Config, tab: str, wheel: str = '') -> str:
    """Return it as Markdown; '' if the book has no package.

    Args:
        config: the book's.
        tab: the tab's name.
        wheel: the package's file, if it lies beside the notebook.
    """
    if not config.package:
        return ''
    framework = escape.markdown(config.tabs[tab].title)
    return ' '.join(filter(None, (
        f'**Install.** The cells need {framework} and the package '
        f'`{config.package}`. {_how(config, tab, wheel)}',
        config.install, config.tabs[tab].install)))


def _how(config: Config, tab: str, wheel: str) -> str:
    if wheel:
        return (f'`pip install "./{wheel}[{tab}]"`, in the folder of the '
                'wheel, installs both.')
    if config.repository or not (config.zip and config.zip.wheel):
        return (f'`pip install "{requirement(config, tab)}"` installs both.')
    return (f'`pip install ".[{tab}]"`, in the folder of the book\'s sources, '
            'installs both; who has the notebook only finds the wheel of the '
            'package in the zip that the first page of the book offers.')


def requirement(config: Config, tab: str) -> str:
    """Return what pip is asked for: the package, from where it can be
    cloned if there is such a place."""
    place = config.repository and f'git+{config.repository}@{config.branch}'
    return ' @ '.join(filter(None, (
        config.package and f'{config.package}[{tab}]', place)))
