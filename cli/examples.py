"""An example for every command, for the end of its help page."""

from __future__ import annotations

from collections.abc import Mapping

import typer

EXAMPLES: Mapping[str, str] = {
    "actions disable": "execops actions disable slack --why 'the channel is gone'",
    "actions enable": "execops actions enable stripe_refund --why 'as agreed'",
    "actions list": "execops actions list",
    "approve": "execops approve 12@3",
    "audit export": "execops audit export --since 90d > audit.csv",
    "audit show": "execops audit show --limit 20",
    "audit verify": "execops audit verify",
    "backfill stripe": "execops backfill stripe --since 365d",
    "backfill github": "execops backfill github --since 2d",
    "canvas": "execops canvas 'who did we pay the most last quarter?'",
    "config edit": "execops config edit",
    "config get": "execops config get stripe_mode",
    "config init": "execops config init",
    "config list": "execops config list",
    "config path": "execops config path",
    "config set": "execops config set stripe_mode test",
    "connect gmail": "execops connect gmail",
    "connect intercom": "execops connect intercom --url https://ops.example.com",
    "connect model": "OPENAI_API_KEY=… execops connect model openai:gpt-4.1-mini",
    "connect slack": "execops connect slack --token - --channel '#ops' < token.txt",
    "connect smtp": "execops connect smtp --url - --to you@example.com < url.txt",
    "connect stripe": "execops connect stripe --mode test",
    "context list": "execops context list",
    "context use": "execops context use local",
    "db migrate": "execops db migrate --app-role execops_app",
    "db restored": "execops db restored",
    "db status": "execops db status",
    "demo": "execops demo",
    "doctor": "execops doctor",
    "erase customer": "execops erase customer cus_9",
    "events list": "execops events list --type 'invoice.*'",
    "events prune": "execops events prune --before 2025-01-01 --dry-run",
    "events replay": "execops events replay 7",
    "events show": "execops events show 7",
    "import bank": "execops import bank statement.csv --account main --dry-run",
    "import list": "execops import list",
    "import undo": "execops import undo 3 --why 'the wrong account'",
    "inbox": "execops inbox --readonly",
    "login": "execops login https://ops.example.com",
    "logout": "execops logout",
    "notifications off": "execops notifications off",
    "notifications on": "execops notifications on --slack @ada",
    "notifications show": "execops notifications show",
    "operators add": "execops operators add Ada --role ops --limit amount=500.00USD",
    "operators list": "execops operators list",
    "operators recover": "execops operators recover",
    "operators revoke": "execops operators revoke Ada",
    "operators rotate": "execops operators rotate Ada --expires 90d",
    "outbox list": "execops outbox list",
    "outbox open": "execops outbox open 3f2a91bc",
    "outbox show": "execops outbox show 3f2a91bc",
    "pause": "execops pause --why 'the figures look wrong'",
    "plays backtest": "execops plays backtest card_update --since 90d",
    "plays disable": "execops plays disable new_vendor --why 'too many'",
    "plays enable": "execops plays enable new_vendor",
    "plays list": "execops plays list",
    "plays preview": "execops plays preview card_update --language de",
    "policies set": "execops policies set --second-approval-from 5000USD",
    "policies show": "execops policies show",
    "policies unset": "execops policies unset",
    "precision": "execops precision --operators --per week",
    "proposals approve": "execops proposals approve 12@3",
    "proposals close": "execops proposals close 12@3 --why 'they paid by wire'",
    "proposals confirm": "execops proposals confirm 12@3",
    "proposals edit": "execops proposals edit 12@3",
    "proposals list": "execops proposals list --json",
    "proposals reject": "execops proposals reject 12@3 --why 'already in touch'",
    "proposals retry": "execops proposals retry 12@3",
    "proposals show": "execops proposals show 12",
    "proposals snooze": "execops proposals snooze 12@3 --until monday",
    "proposals undo": "execops proposals undo 12@3",
    "proposals unsnooze": "execops proposals unsnooze 12@3",
    "reject": "execops reject 12@3 --why 'already in touch'",
    "resume": "execops resume",
    "serve": "execops serve --port 8788",
    "status": "execops status --json",
    "suppressions add": "execops suppressions add cus_9 --why 'asked us to stop'",
    "suppressions lift": "execops suppressions lift cus_9",
    "suppressions list": "execops suppressions list",
    "synonyms add": "execops synonyms add dinero spend",
    "synonyms list": "execops synonyms list",
    "synonyms remove": "execops synonyms remove dinero",
    "trigger email": "execops trigger email --to you@example.com",
    "trigger slack": "execops trigger slack --channel '#ops'",
    "trigger stripe": "execops trigger stripe invoice.payment_failed --shape last",
    "up": "execops up --port 8788",
    "vendors alias": "execops vendors alias AWS 'AMAZON WEB SERVICES'",
    "vendors list": "execops vendors list",
    "vendors remove": "execops vendors remove 'AMAZON WEB SERVICES'",
    "whoami": "execops whoami --json",
    "work": "execops work --log json",
}


def add_to(app: typer.Typer, *words: str) -> None:
    """Give every command of the app its example."""
    for command in app.registered_commands:
        callback = getattr(command.callback, "__name__", "")
        name = " ".join([*words, command.name or callback.strip("_").replace("_", "-")])
        if name in EXAMPLES:
            command.epilog = f"Example: {EXAMPLES[name]}"
    for group in app.registered_groups:
        if group.typer_instance is not None and group.name:
            add_to(group.typer_instance, *words, group.name)
