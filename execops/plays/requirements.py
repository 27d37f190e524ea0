"""The information that Stripe asks of an account, in plain words: https://docs.stripe.com/api/accounts/object."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WHOLE = {
    "external_account": "a bank account for payouts",
    "bank_account": "a bank account for payouts",
    "business_type": "the legal form of the business",
    "business_profile.mcc": "the industry of the business",
    "business_profile.url": "the website of the business",
    "business_profile.product_description": "a description of what the business sells",
    "business_profile.name": "the public name of the business",
    "product_description": "a description of what the business sells",
    "business_url": "the website of the business",
    "company.tax_id": "the company's tax id",
    "company.vat_id": "the company's VAT id",
    "company.registration_number": "the company's registration number",
    "company.name": "the company's legal name",
    "company.phone": "the company's phone number",
    "company.structure": "the company's legal structure",
    "company.verification.document": "a document that proves the company's registration",
    "company.verification.additional_document": "a second document about the company",
    "company.owners_provided": "the confirmation that all owners are named",
    "company.directors_provided": "the confirmation that all directors are named",
    "company.executives_provided": "the confirmation that all executives are named",
    "company.ownership_declaration": "the declaration of who owns the company",
    "documents.bank_account_ownership_verification": "a proof that the bank account is yours",
    "documents.company_license": "the company's licence",
    "documents.company_memorandum_of_association": "the company's memorandum of association",
    "documents.company_registration_verification": "a document that proves the company's registration",
    "documents.company_tax_id_verification": "a proof of the company's tax id",
    "documents.proof_of_registration": "a document that proves the company's registration",
    "documents.proof_of_address": "a proof of the company's address",
    "documents.proof_of_ultimate_beneficial_ownership": "a proof of who owns the company",
    "settings.payments.statement_descriptor": "the name on customers' card statements",
    "owners": "a person who owns the company",
    "directors": "a director of the company",
    "executives": "an executive of the company",
    "representative": "the person who represents the account",
    "legal_entity.type": "the legal form of the business",
    "legal_entity.business_name": "the company's legal name",
    "legal_entity.business_tax_id": "the company's tax id",
    "legal_entity.business_vat_id": "the company's VAT id",
    "legal_entity.additional_owners": "the other owners of the company",
    "legal_entity.verification.document": "an identity document of the account's holder",
}
# By the first part of a path: the person, or the thing, whose information is asked for.
_OF = {
    "individual": "the account's holder",
    "legal_entity": "the account's holder",
    "representative": "the account's representative",
    "owners": "an owner",
    "directors": "a director",
    "executives": "an executive",
    "authorizer": "the person who authorises",
}
_PARTS = {
    "verification.document": "an identity document",
    "verification.additional_document": "a proof of address",
    "verification.proof_of_liveness": "a selfie that proves the identity",
    "first_name": "the full name",
    "last_name": "the full name",
    "full_name_aliases": "other names",
    "dob": "the date of birth",
    "address": "the address",
    "personal_address": "the address",
    "registered_address": "the registered address",
    "email": "the email address",
    "phone": "the phone number",
    "phone_number": "the phone number",
    "id_number": "the national id number",
    "personal_id_number": "the national id number",
    "ssn_last_4": "the last four digits of the social security number",
    "nationality": "the nationality",
    "political_exposure": "the answer about political exposure",
    "relationship.title": "the job title",
    "relationship.percent_ownership": "the share of ownership",
    "relationship": "the role in the company",
    "documents.passport": "the passport",
    "documents.visa": "the visa",
}
_STARTS = {
    "tos_acceptance": "the acceptance of Stripe's terms of service",
    "company.address": "the company's address",
    "legal_entity.address": "the company's address",
    "business_profile.support": "the contact details for customers",
    "business_profile.annual_revenue": "the yearly revenue",
    "business_profile.estimated_worker_count": "the number of people who work there",
    "external_account": "the details of the bank account for payouts",
    "settings": "the settings of the account",
}
_PERSON = re.compile(r"person_\w+")
_INTERVENTION = re.compile(r"interv_\w+")


def named(requirements: Iterable[str]) -> list[str]:
    """The requirements in words, each once, in the order of Stripe: `an identity document of the account's holder`."""
    return list(dict.fromkeys(_words(requirement) for requirement in requirements))


def listed(requirements: Iterable[str], most: int = 0) -> str:
    """The requirements in one line; after `most` of them only their number. All of them where `most` is 0."""
    words = named(requirements)
    if most and len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)


def _words(requirement: str) -> str:
    parts = [part for part in requirement.split(".") if part]
    for length in range(len(parts), 0, -1):
        is_whole = (
            length == len(parts) or length > 1
        )  # `owners` is a requirement, but `owners.email` is another
        if is_whole and (words := _WHOLE.get(".".join(parts[:length]))):
            return words
    for start, words in _STARTS.items():
        if requirement == start or requirement.startswith((f"{start}.", f"{start}_")):
            return words
    first, others = (parts[0], parts[1:]) if parts else ("", [])
    if _INTERVENTION.fullmatch(first):
        return f"answers about {_plain(others[:1]) or 'the account'}"
    of = "a person of the company" if _PERSON.fullmatch(first) else _OF.get(first)
    if of is None:
        return _plain(parts)
    for length in range(len(others), 0, -1):
        if words := _PARTS.get(".".join(others[:length])):
            return f"{words} of {of}"
    return f"{_plain(others) or 'details'} of {of}"


def _plain(parts: Iterable[str]) -> str:
    """A path that has no words of its own, as words: `company.tax_id` as `company tax id`."""
    return " ".join(" ".join(parts).replace("_", " ").split())
