"""The records of ExecOps: frozen, keyword-only, read from rows."""

from __future__ import annotations

from execops.model.basics import ABOUT_PAYMENT as ABOUT_PAYMENT
from execops.model.basics import DRAFTED_ANEW as DRAFTED_ANEW
from execops.model.basics import ENABLE as ENABLE
from execops.model.basics import ENDED as ENDED
from execops.model.basics import LIVE as LIVE
from execops.model.basics import NOTICE as NOTICE
from execops.model.basics import SETUP as SETUP
from execops.model.basics import WROTE as WROTE
from execops.model.basics import Actor as Actor
from execops.model.basics import EventStatus as EventStatus
from execops.model.basics import ExecutionStatus as ExecutionStatus
from execops.model.basics import Json as Json
from execops.model.basics import Operator as Operator
from execops.model.basics import Record as Record
from execops.model.basics import Role as Role
from execops.model.basics import SignedIn as SignedIn
from execops.model.basics import SnoozedFor as SnoozedFor
from execops.model.basics import Status as Status
from execops.model.basics import Urgency as Urgency
from execops.model.basics import approvals_text as approvals_text
from execops.model.checks import Check as Check
from execops.model.drafts import Declined as Declined
from execops.model.drafts import Draft as Draft
from execops.model.proposals import Execution as Execution
from execops.model.proposals import Proposal as Proposal
from execops.model.proposals import is_about_customer as is_about_customer
from execops.model.proposals import is_own_money as is_own_money
from execops.model.trail import AuditEntry as AuditEntry
from execops.model.trail import Event as Event
