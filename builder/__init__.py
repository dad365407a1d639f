"""Turn d2l-Markdown into notebooks, run them, and make pages of both.

Rooms, in the order of the flow: `source` reads what people write, `record`
runs it and keeps what it showed, `publish` makes pages and PDFs of both; `lab`
is what readers run on a page. Each may import from those before it, and from
`config`, `environment`, `errors`, `escape` and `writing` beside them, never
the other way round; `record` knows no `lab`. `stages` puts them to work,
`__main__` reads the command. What `make` calls before anything is installed
needs the standard library only: `config` with `settings`, `environment` with
`install`, `errors`.
"""
