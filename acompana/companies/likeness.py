"""How alike two names, addresses or numbers are: pure, of words and numbers alone (EXP-1).

Names are compared word by word, whatever their order: a word counts by what it tells (« comercial » tells little), and
two words agree when they are equal, one shortens the other, or one is the other with a slip of the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from acompana.companies.rules import LINKING_WORDS, match_key, name_without_suffix
from acompana.kernel.search.text import normalise

# Words that say what kind of company it is. They help two names agree, and never make two names one.
GENERIC = frozenset({
    "agr", "agricola", "agroindustria", "agroindustrial", "alimentos", "asesoria", "asesorias", "bodegas",
    "chile", "chilean", "chilena", "cia", "com", "comercial", "comercializadora", "compania", "conservas",
    "const", "constructora", "consultora", "consultores", "dist", "distribuidora", "eirl", "emp", "empresa",
    "empresas", "exp", "export", "exportaciones", "exportadora", "exports", "forestal", "frutas", "fundo",
    "ganadera", "group", "grupo", "hermanos", "hijos", "hnos", "imp", "import", "importaciones",
    "importadora", "ind", "industria", "industrial", "industrias", "inmobiliaria", "internacional",
    "international", "inv", "inversiones", "laboratorio", "laboratorios", "limitada", "ltda", "maderas",
    "minera", "nacional", "norte", "pesquera", "prod", "productora", "productos", "sa", "serv", "servicio",
    "servicios", "soc", "sociedad", "soluciones", "spa", "sucursal", "sur", "tecnologia", "tecnologias",
    "textil", "transp", "transporte", "transportes", "vina", "vinas", "viticola", "vitivinicola",
})  # fmt: skip
# What such a word is worth in a name, and one of two letters.
_GENERIC_WEIGHT = 0.35
_SHORT_WEIGHT = 0.4
# Written out, so that the shortened and the whole word are one.
SHORTENED = {
    "soc": "sociedad",
    "cia": "compania",
    "comp": "compania",
    "com": "comercial",
    "coml": "comercial",
    "comerc": "comercial",
    "exp": "exportadora",
    "imp": "importadora",
    "serv": "servicios",
    "servs": "servicios",
    "servicio": "servicios",
    "ind": "industrias",
    "inds": "industrias",
    "industria": "industrias",
    "industrial": "industrias",
    "agr": "agricola",
    "agric": "agricola",
    "inv": "inversiones",
    "invers": "inversiones",
    "hnos": "hermanos",
    "dist": "distribuidora",
    "distrib": "distribuidora",
    "transp": "transportes",
    "trans": "transportes",
    "transporte": "transportes",
    "const": "constructora",
    "constr": "constructora",
    "inmob": "inmobiliaria",
    "prod": "productos",
    "prods": "productos",
    "int": "internacional",
    "intl": "internacional",
    "sta": "santa",
    "sto": "santo",
    "sn": "san",
    "gral": "general",
    "fca": "fabrica",
    "alim": "alimentos",
    "lab": "laboratorio",
    "tec": "tecnologia",
}
_BRANCH = re.compile(r"\b(?:sucursal|suc|casa matriz|planta|bodega|oficina)\b.*$")


def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a name that may tell it: no suffix, no linking words, the usual shortenings written out, sorted."""
    key = match_key(_BRANCH.sub("", normalise(name)) or name)
    return tuple(sorted({SHORTENED.get(word, word) for word in key.split()}))


def telling(words: Sequence[str]) -> tuple[str, ...]:
    """The words that tell this company from others of its line; all of them if there are none."""
    return tuple(word for word in words if word not in GENERIC) or tuple(words)


def weight_of(word: str) -> float:
    if word in GENERIC:
        return _GENERIC_WEIGHT
    return _SHORT_WEIGHT if len(word) <= 2 else 1.0


def slips_between(one: str, other: str, limit: int = 2) -> int:
    """Insertions, losses, changes and swaps of neighbours from one word to the other; beyond `limit`, limit + 1."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def words_agree(one: str, other: str) -> float:
    """1 for one word, less for a shortened or mistyped one, 0 for two."""
    if one == other:
        return 1.0
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) >= 3 and long.startswith(short):
        return 0.9 if len(long) - len(short) > 2 else 0.95
    if len(short) < 4 or short.isdigit() or long.isdigit():
        return 0.0
    slips = slips_between(one, other, 2 if len(short) >= 8 else 1)
    if slips == 1:
        return 0.93 if len(short) >= 6 else 0.85
    return 0.85 if slips == 2 and len(short) >= 8 else 0.0


def names_agree(one: Sequence[str], other: Sequence[str]) -> float:
    """How far two names (as `words_of_name` gives them) are one: 1 the same words, 0 none in common."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    joined, against = "".join(telling(one)), "".join(telling(other))
    if joined == against:
        return 0.97
    left = list(other)
    shared = 0.0
    for word in one:
        best, at = 0.0, -1
        for place, candidate in enumerate(left):
            agreement = words_agree(word, candidate)
            if agreement > best:
                best, at = agreement, place
        if at >= 0:
            shared += best * (weight_of(word) + weight_of(left.pop(at)))
    total = sum(map(weight_of, one)) + sum(map(weight_of, other))
    agreement = shared / total
    if len(joined) >= 8 and agreement < 0.9 and slips_between(joined, against) <= 1:
        return 0.9  # « Altoroble » and « Alto Robles »
    return agreement


def same_name_words(one: Iterable[str], other: Iterable[str]) -> str:
    """What is the same in two companies' names (trade names too) that share their words, by the closest two; what
    differs is said (EXP-1): « el mismo nombre, salvo la forma jurídica »."""
    names = [name for name in other if name]
    return SAME_NAMES[min(_apart(name, known) for name in one if name for known in names)]


SAME_NAMES = (
    "el mismo nombre",
    "el mismo nombre, salvo tildes, mayúsculas o signos",
    "el mismo nombre, salvo la forma jurídica",
    "las mismas palabras en otro orden",
    "el mismo nombre, escrito de otra forma",
)


def _apart(one: str, other: str) -> int:
    """How far two names are apart, in the order of SAME_NAMES; the last where they share no `match_key`."""
    if one.strip() == other.strip():
        return 0
    if normalise(one) == normalise(other):
        return 1
    first, second = name_without_suffix(one).split(" "), name_without_suffix(other).split(" ")
    if first == second:
        return 2
    if match_key(one) != match_key(other):
        return 4
    in_order = [[word for word in words if word not in LINKING_WORDS] for words in (first, second)]
    return 4 if in_order[0] == in_order[1] else 3


# --- addresses, domains, numbers --------------------------------------------------------------------------------

_STREET_WORDS = frozenset({
    "av", "avda", "avenida", "calle", "cam", "camino", "casa", "depto", "dpto", "local", "n", "no", "nro",
    "num", "numero", "of", "oficina", "pasaje", "piso", "pje", "psje",
})  # fmt: skip
# Where anybody may have an e-mail or a page: of these, a domain in common says nothing.
_SHARED_DOMAINS = frozenset({
    "123mail.cl", "126.com", "163.com", "alibaba.com", "amazon.com", "aol.com", "api.whatsapp.com", "bit.ly",
    "blogspot.com", "bol.com.br", "btinternet.com", "cl.linkedin.com", "comcast.net", "daum.net",
    "docs.google.com", "drive.google.com", "entelchile.net", "es-la.facebook.com", "etsy.com", "facebook.com",
    "fastmail.com", "fb.com", "foxmail.com", "free.fr", "gmail.com", "gmx.com", "gmx.de", "gmx.net",
    "google.com", "googlemail.com", "hanmail.net", "hotmail.cl", "hotmail.co.uk", "hotmail.com",
    "hotmail.com.ar", "hotmail.com.br", "hotmail.es", "hotmail.fr", "hotmail.it", "icloud.com", "ig.com.br",
    "instagram.com", "laposte.net", "libero.it", "linkedin.com", "linktr.ee", "live.cl", "live.com",
    "live.com.ar", "live.com.mx", "live.fr", "m.facebook.com", "mac.com", "mail.com", "mail.ru",
    "maps.google.com", "me.com", "mercadolibre.cl", "mercadolibre.com", "mercadolibre.com.ar", "mi.cl",
    "msn.com", "naver.com", "orange.fr", "outlook.cl", "outlook.com", "outlook.com.ar", "outlook.com.br",
    "outlook.de", "outlook.es", "outlook.fr", "pm.me", "proton.me", "protonmail.com", "qq.com",
    "rediffmail.com", "rocketmail.com", "sina.com", "sites.google.com", "t-online.de", "terra.cl", "terra.com",
    "terra.com.ar", "terra.com.br", "terra.com.pe", "tiktok.com", "tutanota.com", "twitter.com", "uol.com.br",
    "verizon.net", "vtr.net", "wa.me", "wanadoo.fr", "web.de", "web.facebook.com", "windowslive.com",
    "wixsite.com", "wordpress.com", "x.com", "yahoo.cl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yahoo.com.ar", "yahoo.com.br", "yahoo.com.mx", "yahoo.com.pe", "yahoo.de", "yahoo.es", "yahoo.fr",
    "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "youtube.com", "zoho.com",
})  # fmt: skip


def address_key(address: str) -> str:
    """Street and number as they look whatever the abbreviations; empty without both."""
    words = [word for word in normalise(address).split() if word not in _STREET_WORDS]
    for place, word in enumerate(words):
        if place and any(character.isdigit() for character in word):
            return " ".join(words[: place + 1])
    return ""


def domain_of(text: str) -> str:
    """The domain of an e-mail or a web address, without « www »; empty for one that anybody may use."""
    domain = text.strip().lower().rpartition("@")[2]
    domain = domain.partition("://")[2] or domain
    domain = domain.split("/")[0].split(":")[0].removeprefix("www.")
    if "." not in domain or domain in _SHARED_DOMAINS:
        return ""
    return domain


def ruts_look_alike(one: str, other: str) -> bool:
    """Two RUT that differ by one slip in the number: a digit, or two digits swapped."""
    return one != other and slips_between(one[:-1], other[:-1], 1) <= 1


_SOUNDS = str.maketrans({"v": "b", "z": "s", "c": "s", "q": "k", "y": "i", "j": "g", "w": "u", "x": "s"})


def skeleton(word: str) -> str:
    """A word as it sounds, without vowels but the first letter: what survives most slips of spelling."""
    word = word.replace("ll", "y").replace("qu", "k").replace("h", "").translate(_SOUNDS)
    if not word:
        return ""
    rest = "".join(letter for letter in word[1:] if letter not in "aeiou")
    kept = word[0]
    for letter in rest:
        if letter != kept[-1]:
            kept += letter
    return kept


def with_one_letter_less(word: str) -> set[str]:
    """What is left of a word without one of its letters: two words a slip apart share one of these, or one is it."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
