"""Says who is at fault in a refusal: the address, the mailbox for now, or we, our way and the policy of the other end.

It reads what the answer says, its enhanced code (RFC 3463, given in an answer as RFC 2034 has it) and its words, and
nothing else: not the command that was refused (a server may refuse an address after DATA, and a sender at RCPT), nor
the class of the code alone. Only a certainty is held against an address for good. Answers of a server and reports of
failures (RFC 3464) are read alike.
"""

import re
from enum import Enum


class Fault(Enum):
    """Whose fault a refusal is."""

    ADDRESS = "the address does not exist, for certain"
    PASSING = "the mailbox takes nothing at present, or nothing certain is said"
    OURS = "the sender, the way, the message or a policy"


CERTAIN = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""No such mailbox, no such domain, no address at all, moved, a domain without mail (RFC 7505), a mailbox closed."""
NOT_THE_ADDRESSEE = ("1.7", "1.8", "1.9", "2.3", "3", "5", "6", "7")
"""Codes after their class: of the sender, of a message too long, of the system, the protocol, the content, a policy."""
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
NAMES = re.compile(r"<[^>]*>|\S+@\S+|https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b")
"""Addresses and hosts: their words say nothing ("mx.spam-free.example")."""
WORDS_OF_OURS = re.compile(
    r"\brelay|rcpthosts|\bspf\b|\bdkim\b|\bdmarc\b|\bspam|\bvirus|malware|phishing|\bblocked\b|black ?list|block ?list"
    r"|deny ?list|\bd?ns?bl\b|\brbl\b|reputation|authenticat|unauthori[sz]ed|not authori[sz]ed|not allowed to send"
    r"|\bsender|(?:sending|rate|daily|hourly|message|volume|size) limit|too many|helo\b|reverse dns|\bptr\b"
    r"|\bpolicy|content reject|message (?:too large|size)",
    re.IGNORECASE,
)
WORDS_OF_FULL = re.compile(
    r"(?:mailbox|inbox|account|user)(?: is| has)? (?:full|over)|over ?quota|quota|storage", re.IGNORECASE
)
WHO = r"(?:user|mailbox|recipient|account|address|person|addressee)"
WORDS_OF_CERTAINTY = re.compile(
    rf"(?:unknown|no such|invalid|non-?existent) {WHO}|{WHO}(?: address)?(?: is| was)? (?:unknown|not found|invalid)"
    rf"|{WHO}\b[^.;]{{0,60}}(?:does not|doesn[’']t|did not) exist|{WHO}(?: is)? (?:disabled|closed)"
    r"|does(?:n[’']t| not) have an?\s+(?:\S+\s+)?(?:account|mailbox)|no mailbox here by that name|not a valid "
    rf"{WHO}|{WHO} no longer (?:exists|valid)|utilisateur inconnu|adresse inconnue",
    re.IGNORECASE,
)
ABOUT_ONE = re.compile(r"gr[ea]y ?-?list", re.IGNORECASE)


def fault_of(status: str, said: str) -> Fault:
    """Return whose Fault a refusal is, from the status of a report ("" for an answer) and what the other end said.

    A code that says nothing (5.0.0, 5.1.0) leaves it to the first one in the words that says something; words that
    accuse the sender win over any code, since servers give 5.1.1 for a relay that is denied too.
    """
    code, words = _code(status) or _code(said), NAMES.sub(" ", said)
    after = code.partition(".")[2]
    if WORDS_OF_OURS.search(words):
        return Fault.OURS
    if code in CERTAIN:
        return Fault.ADDRESS
    if any(after == one or after.startswith(f"{one}.") for one in NOT_THE_ADDRESSEE) or code.startswith("5.4."):
        return Fault.OURS
    if code or WORDS_OF_FULL.search(words):
        return Fault.PASSING
    return Fault.ADDRESS if WORDS_OF_CERTAINTY.search(words) else Fault.PASSING


def code_in(said: str) -> str:
    """Return the enhanced code in what the other end said, "" where there is none."""
    return _code(said)


def says_unknown(said: str) -> bool:
    """Return whether words say that an address is unknown and accuse nobody else.

    It is for a message that came back as mere text.
    """
    words = NAMES.sub(" ", said)
    return bool(WORDS_OF_CERTAINTY.search(words)) and not WORDS_OF_OURS.search(words)


def is_about_one(said: str) -> bool:
    """Return whether a refusal for now is about this very addressee, so that the next one may well be taken."""
    return bool(ABOUT_ONE.search(said)) or _code(said).startswith(("4.1.", "4.2."))


def nameless(said: str) -> str:
    """Return what the other end said without the addresses in it, for a log or a page that names nobody."""
    return re.sub(r"[^\s<>]+@[^\s<>]+", "…", said)


def likeness(said: str) -> str:
    """Return what two answers share when a server says the same to two addressees: no name, no number.

    At most 200 characters.
    """
    code = said[:3] if said[:3].isdigit() else ""
    words = re.sub(r"\S*\d\S*|\W+", " ", NAMES.sub(" ", said)).lower().split()
    return " ".join([code, _code(said), *words])[:200]


def _code(said: str) -> str:
    """Return the first code that says something, without the class of a success; "" where there is none."""
    for kind, subject, detail in ENHANCED.findall(said):
        if kind != "2" and (subject, detail) not in (("0", "0"), ("1", "0")):
            return f"{kind}.{subject}.{detail}"
    return ""
