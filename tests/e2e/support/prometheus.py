"""Reads Prometheus text (exposition format 0.0.4) strictly enough to notice a malformed page."""

import re

_SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')


class Page:
    """One scrape. samples: {(name, ((label, value), ...)): number}."""

    def __init__(self, text):
        self.text, self.samples, self.types, self.helps = text, {}, {}, {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                name, kind = line[7:].split(" ")
                self._once(self.types, name, kind)
            elif line.startswith("# HELP "):
                name, _, words = line[7:].partition(" ")
                self._once(self.helps, name, words)
            elif line and not line.startswith("#"):
                self._sample(line)

    @staticmethod
    def _once(table, name, value):
        if name in table:
            raise ValueError("%s is declared twice" % name)
        table[name] = value

    def _sample(self, line):
        match = _SAMPLE.match(line)
        if not match:
            raise ValueError("not a sample: %r" % line)
        name, labels, value = match.groups()
        pairs = _LABEL.findall(labels or "")
        if labels and "".join('%s="%s",' % p for p in pairs) != labels.rstrip(",") + ",":
            raise ValueError("not labels: %r" % line)
        self._once(self.samples, (name, tuple(sorted(pairs))), float(value))

    def names(self):
        return {name for name, _ in self.samples}

    def sum(self, name, **labels):
        """Of all samples of that name with these labels; KeyError when there are none, because a
        name that vanished must not read as zero."""
        values = list(self.select(name, **labels).values())
        if not values:
            raise KeyError("no sample %s%s" % (name, labels or ""))
        return int(sum(values))

    def select(self, name, **labels):
        wanted = set(labels.items())
        return {pairs: v for (n, pairs), v in self.samples.items()
                if n == name and wanted <= set(pairs)}

    def by(self, name, label):
        """{value of that label: sum}."""
        sums = {}
        for pairs, v in self.select(name).items():
            key = dict(pairs).get(label, "")
            sums[key] = sums.get(key, 0) + int(v)
        return sums
