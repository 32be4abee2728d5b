"""Why a letter came back: 34 reasons, told by the words of mail servers first and by their codes second.

A plain "status 5.x: the address is dead" agrees with a reviewed verdict in 37 % of cases. The words come first because
servers give codes of their own liking; the codes are those of RFC 3463, 5248, 7372 and 7505. The names of the reasons
are those of Sisimai, the largest public list of them.
"""

from __future__ import annotations

import re

# The address itself is wrong: nothing more is sent there.
OF_THE_ADDRESS = frozenset({"userunknown", "hostunknown", "hasmoved"})
# These tell of something, but not of a letter that failed.
NO_FAILURE = frozenset({"delivered", "feedback", "vacation"})
REASONS = (
    "authfailure", "badreputation", "blocked", "contenterror", "delivered", "exceedlimit", "expired",
    "failedstarttls", "feedback", "filtered", "hasmoved", "hostunknown", "mailboxfull", "mailererror", "mesgtoobig",
    "networkerror", "norelaying", "notaccept", "notcompliantrfc", "onhold", "policyviolation", "rejected",
    "requireptr", "securityerror", "spamdetected", "speeding", "suspend", "suppressed", "syntaxerror", "systemerror",
    "systemfull", "toomanyconn", "undefined", "userunknown", "vacation", "virusdetected",
)  # fmt: skip


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Tried in this order on small letters with single blanks. What names one cause stands before what many servers say.
WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("networkerror", _any(r"wasn't able to establish an smtp connection", r"couldn't find a mail exchanger")),
    ("expired", _any(r"host lookup did not complete", r"did not accept our requests to connect")),
    ("rejected", _any(r"badmailfrom", r"envelope sender is in my")),
    ("policyviolation", _any(r"content presents a potential security issue", r"prohibited attachment")),
    ("blocked", _any(r"not authorized to send e-?mail directly", r"blocked by (?:an? )?rbl")),
    (
        "spamdetected",
        _any(
            r"(?:due to|because of|classified as|considered|identified as|detected as|marked as|flagged as|as|is) spam\b",
            r"spam classification",
        ),
    ),
    (
        "rejected",
        _any(
            r"(?:sender|recipient|address)\b.{0,20}(?:has been|is|was) blacklisted",
            r"blacklisted (?:sender|address|recipient)",
        ),
    ),
    (
        "notaccept",
        _any(
            r"null mx",
            r"nullmx",
            r"does not accept (?:any )?(?:e-?)?mail\b",
            r"doesn't (?:receive|accept) (?:e-?)?mail",
            r"do(?:es)? not receive (?:e-?)?mail",
            r"system not accepting network messages",
            r"smtp protocol returned a permanent error",
            r"no smtp service",
            r"does not accept mail from",
            r"recipient address has null mx",
            r"host .{0,80}never accepts mail",
            r"(?:domain|host) does not accept mail",
            r"no host found for existing smtp connection",
            r"server does not accept mail",
        ),
    ),
    (
        "virusdetected",
        _any(
            r"\bvirus(?:es)?\b",
            r"\bmalware\b",
            r"\btrojan\b",
            r"\binfected\b",
            r"clamav",
            r"potentially (?:malicious|executable)",
            r"your message (?:was|has been) infected",
            r"病毒",
        ),
    ),
    (
        "authfailure",
        _any(
            r"\bdmarc\b",
            r"\bdkim\b.{0,40}(?:fail|did not|check|not pass|unauthenticated|verif|invalid|no(?:t)? )",
            r"\bspf\b.{0,60}(?:fail|check|not|err|record|violat|hard|did)",
            r"sender policy framework",
            r"authentication checks? fail",
            r"multiple authentication",
            r"fails? (?:to pass )?authentication",
            r"unauthenticated (?:e-?mail|mail|sender|message)",
            r"failed spf",
            r"sender id \(pra\)",
            r"no spf record",
            r"not authori[sz]ed to send .{0,30}(?:domain|on behalf)",
            r"sender domain.{0,40}not (?:authenticat|pass)",
            r"openspf\.(?:org|net)",
            r"please see https?://spf\.",
            r"arc (?:validation|chain)",
            r"is not (?:allowed|permitted) to send (?:mail )?(?:from|for|on behalf)",
            r"domain alignment",
        ),
    ),
    (
        "requireptr",
        _any(
            r"\bptr\b",
            r"reverse[ -]?dns",
            r"\brdns\b",
            r"reverse (?:host ?name|lookup|record|address)",
            r"cannot find your reverse",
            r"cannot find your host ?name",
            r"cannot resolve your (?:address|ip)",
            r"mismatches client ip",
            r"no (?:matches to )?name ?server.{0,30}found",
            r"client host rejected: cannot find your",
            r"fix reverse",
            r"unresolvable (?:relay )?host ?name",
            r"ip name (?:lookup|forged|possibly forged)",
            r"hostname .{0,60}(?:does not match|not match)",
            r"ip name possibly forged",
            r"unable to (?:verify|resolve) (?:the )?(?:host ?name|domain name) of",
            r"must have a (?:valid )?(?:reverse|dns)",
        ),
    ),
    (
        "notcompliantrfc",
        _any(
            r"not (?:rfc ?\d{3,4}|compliant)",
            r"rfc ?5?[38]22.{0,40}(?:complian|violat|requir)",
            r"rfc ?282[12].{0,30}complian",
            r"\bnon-?complian",
            r"messages? with multiple .{0,30}(?:addresses|headers)",
            r"multiple .{0,20}headers",
            r"messages? missing a valid",
            r"(?:missing|invalid|malformed|duplicate) (?:the )?(?:from|date|subject|to|message-id)[: ]{0,3}header",
            r"bare (?:lf|cr|line ?feed)",
            r"rfcmessagenoncompliant",
            r"header .{0,30}not (?:valid|rfc)",
            r"message is not rfc",
            r"from: header are not accepted",
            r"message contains? bare",
            r"smtp smuggling",
            r"headers? (?:is |are )?(?:malformed|not conform)",
        ),
    ),
    (
        "failedstarttls",
        _any(
            r"must issue a starttls",
            r"starttls (?:is )?(?:required|command first)",
            r"(?:tls|starttls) (?:handshake|negotiation|is required|required|not available|failed|error|connect failed)",
            r"requires? (?:tls|encryption|starttls)",
            r"encryption (?:required|needed)",
            r"cannot start tls",
            r"certificate (?:verify|has|expired|not trusted|verification|rejected|is not)",
            r"tls is required",
            r"\bmta-sts\b",
            r"\bdane\b",
            r"server certificate",
        ),
    ),
    (
        "speeding",
        _any(
            r"receiving mail at a rate",
            r"receiving mail too quickly",
            r"rate[- ]limit(?:ed)?(?! exceeded.{0,20}connection)(?!.{0,40}reputation)(?<!connection rate limit)",
            r"mail(?:s)? (?:is |are )?(?:being )?sent too (?:fast|quickly)",
            r"too many (?:messages?|mails?|e-?mails?|requests)\b.{0,40}(?:hour|minute|day|time|sent|quick|slow|from|per|short)?",
            r"sending (?:rate|limit|quota)",
            r"(?:message|mail|delivery|sending|submission|recipient|sender|domain|ip) (?:rate|frequency|quota|limit)[- ](?:limit|exceed|is|has|quota|rate)",
            r"(?<!connection )frequency limit",
            r"throttl",
            r"please try again slower",
            r"slow(?:er)? down",
            r"deferr?ed for .{0,20}rate",
            r"exceed(?:ed|s) (?:the |your )?(?:maximum )?(?:allowed )?(?:hourly|daily|sending|message)",
            r"daily (?:smtp )?(?:relay|sending|message) (?:limit|quota)",
            r"max(?:imum)? (?:emails|messages|defers and failures) per (?:hour|day)",
            r"发送频率",
            r"频率限制",
            r"unusual (?:rate|volume) of (?:unsolicited )?(?:mail|e-?mail)? ?(?:originating)?(?!.{0,60}(?:block|ip address))",
        ),
    ),
    (
        "toomanyconn",
        _any(
            r"too many (?:concurrent |simultaneous |smtp |open )?(?:smtp )?(?:sessions|connections|connects|smtp)",
            r"connection (?:rate|count|limit|frequency)[- ](?:limit|exceed|reached|per)",
            r"too many recipients",
            r"too many (?:connected|hosts)",
            r"all available ips? .{0,30}(?:busy|limit)",
            r"max(?:imum)? (?:number of )?(?:concurrent )?(?:connections|recipients|sessions)",
            r"connection limit",
            r"concurrent",
            r"number of recipients",
            r"too busy to accept",
            r"no more (?:connections|sessions)",
            r"exceeded maximum connections",
            r"connections? (?:from|per) .{0,40}exceed",
            r"recipients? (?:count|limit) exceed",
            r"recipients per (?:message|connection|session)",
        ),
    ),
    (
        "badreputation",
        _any(
            r"reputation",
            r"(?:unexpected|unusual) volume",
            r"user complaints",
            r"complaint rate",
            r"senderbase",
            r"senderscore",
            r"sender score",
            r"has a poor",
            r"low trust",
            r"volume or user complaints",
            r"\[ts\d\d\]|\[tss\d\d\]",
            r"ip (?:has been )?temporarily (?:deferred|rate)",
            r"信誉",
        ),
    ),
    (
        "norelaying",
        _any(
            r"relay(?:ing)?[ :]*(?:access )?(?:is )?(?:denied|not permitted|prohibited|not allowed|disallowed|refused|unauthorized|not authorized|operation rejected|rejected)",
            r"\bnot? (?:a )?(?:open )?relay",
            r"insecure mail relay",
            r"unable to relay",
            r"we do(?:n't| not) relay",
            r"(?:cannot|can't|won't|will not|not allowed to|no permission to|must not) relay",
            r"relaying (?:mail )?(?:to|for|through|by|from)",
            r"relaying",
            r"relay (?:denied|not|operation|access|this|for)",
            r"that domain isn't in my list of allowed rcpthosts",
            r"not in (?:my|our) list of (?:allowed )?rcpthosts",
            r"domain isn't (?:in|allowed|hosted)",
            r"domain (?:is )?not (?:hosted|handled|local|served) (?:here|by)?",
            r"not a gateway",
            r"no such domain at this location",
            r"mail server requires authentication when attempting to send",
            r"send(?:er)? .{0,20}must authenticate",
            r"not local(?:ly)?[; ].{0,30}relay",
            r"host .{0,40}is not permitted to relay",
            r"authentication is required for relay",
            r"unrouteable mail domain.{0,20}relay",
            r"specified domain is not allowed",
            r"invalid domain, see",
        ),
    ),
    (
        "mailboxfull",
        _any(
            r"(?:over|out of|exceed(?:ed|s|ing)?|past|disk|mailbox|storage|mail|user'?s?|account'?s?|recipient'?s?)[ -](?:the |their |his |its |your )?(?:disk |mail ?box |storage |maximum |allowed |mail |space )*quota",
            r"quota (?:is |has been |was )?(?:exceed|full|violat|over|reach)",
            r"exceeds? .{0,30}quota",
            r"(?:mail ?box|inbox|mail ?drop|mail ?folder|mailfolder|maildir|mail store|account|user'?s? (?:mail|disk)|recipient'?s? (?:mailbox|storage|inbox)) .{0,30}(?:is |are |has |was |has been )?(?:full|over(?:drawn| quota|\W?quota)|exceed|out of (?:storage|space)|too full|reached)",
            r"overquota",
            r"over quota",
            r"out of storage space",
            r"(?:not enough|insufficient|no|exceeded) (?:storage|disk|mailbox|mail)(?: space)?(?: allocat| in .{0,20}mailbox| for (?:this )?(?:user|mailbox|recipient)|.{0,30}exceeded storage)",
            r"exceeded storage allocation",
            r"exceeded (?:the |their )?(?:storage|mailbox|maximum (?:allowed )?(?:storage|mailbox))",
            r"mail ?box (?:size|has exceeded|limit|exceeds)",
            r"storage (?:limit|quota)",
            r"full mail ?box",
            r"mailbox full",
            r"mail quota",
            r"user is full",
            r"disk (?:full|quota)(?=.{0,60}(?:user|mailbox))",
            r"邮箱(?:已|空间)?(?:满|不足)",
            r"容量(?:已满|不足)",
            r"boite du destinataire pleine",
        ),
    ),
    (
        "exceedlimit",
        _any(
            r"message length exceeds",
            r"recipsizelimit",
            r"too large for (?:this |the )?(?:recipient|user|mailbox)",
            r"message header size,? or recipient list,? exceeds policy",
            r"message too large for this",
            r"exceeds .{0,20}(?:recipient|user|individual).{0,20}limit",
        ),
    ),
    (
        "mesgtoobig",
        _any(
            r"(?:message|mail|e-?mail|data|content|body|letter|line|header|attachment|file)s? (?:is |was |size |length |file )*(?:too (?:big|large|long)|exceed|limit exceeded|over)",
            r"too (?:big|large|long) (?:message|mail|e-?mail)",
            r"size (?:limit|of (?:the |your )?message|exceed)",
            r"exceeds? (?:the )?(?:maximum |max |fixed |our |allowed )*(?:message|mail|e-?mail|size|length|line)",
            r"maximum (?:message|mail|file|allowed) (?:size|length)",
            r"message size",
            r"line limit exceeded",
            r"line (?:is )?too long",
            r"max message size",
            r"(?:message|mail) exceeds",
            r"larger than",
            r"too much (?:mail )?data",
            r"max(?:imum)? size",
            r"邮件(?:过大|太大)|超过.{0,6}大小",
        ),
    ),
    (
        "hasmoved",
        _any(
            r"has (?:been )?moved",
            r"address (?:has )?changed",
            r"no longer (?:on server|on this server|valid|available|works|employed|accepts? mail|at this address|in use)",
            r"new (?:e-?mail )?address",
            r"(?:has been|was) replaced by",
            r"user (?:has )?moved",
            r"please (?:try|use) <?[\w.+-]+@",
            r"not our user",
            r"mailbox has moved",
            r"moved to",
            r"user not local; please try",
            r"destination mailbox (?:address )?(?:has )?moved",
            r"recipient no longer",
        ),
    ),
    (
        "suspend",
        _any(
            r"(?:account|mail ?box|user|recipient|address|e-?mail(?: account| address)?|domain)(?:\(s\))?[^.;]{0,60}(?:is |has been |was |are |temporarily |currently |been |\()*(?:disabled|suspended|inactive|deactivated|locked|frozen|not active|closed|expired|terminated|discontinued|unavailable due|blocked for|dormant|cancell?ed|inactivated|paused|on hold)\b",
            r"(?:disabled|suspended|inactive|deactivated|locked|frozen|expired|closed|dormant)\b.{0,20}(?:account|mail ?box|user|recipient|address|domain)",
            r"mailbox (?:is )?(?:currently )?(?:disabled|unavailable or access)",
            r"boite du destinataire archivee",
            r"invalid/inactive user",
            r"this account has been",
            r"not accepting (?:mail|messages) (?:at this time|for this (?:user|account))",
            r"vacation(?:ed)? .{0,20}suspend",
            r"账号.{0,8}(?:停用|禁用|冻结|锁定)|帐号.{0,8}(?:停用|禁用|冻结|锁定)",
        ),
    ),
    (
        "suppressed",
        _any(
            r"suppression list",
            r"on (?:our|the|your) suppression",
            r"suppressed",
            r"recently bounced",
            r"address .{0,40}previously bounced",
        ),
    ),
    (
        "spamdetected",
        _any(
            r"\bspam(?!cop)(?!haus)(?!.{0,20}blacklist|.{0,15}\brbl)",
            r"\bube\b",
            r"\buce\b",
            r"\bjunk (?:mail|e-?mail)",
            r"unsolicited",
            r"bulk (?:e-?mail|mail)(?:er)?\b.{0,40}(?:reject|block|not|filter|refus)?",
            r"message (?:content )?(?:is |was |has been )?(?:rejected|blocked|refused|classified|considered|identified|detected).{0,40}(?:content|spam|suspicious|filter|phish|fraud|uri|url|link)",
            r"(?:looks?|appears?|seems?) (?:like|to be) (?:spam|phish|suspicious)",
            r"phish",
            r"suspicious (?:due|message|content|mail)",
            r"message (?:is|was) suspicious",
            r"content (?:denied|rejected|restriction|filter)",
            r"mail content denied",
            r"message content rejected",
            r"high[- ]probability",
            r"\bdt:sp[mb]",
            r"\bsuspected bounce attack",
            r"spamassassin",
            r"rule imposed.{0,40}content",
            r"bogofilter|bayes",
            r"advertis",
            r"reject(?:ed|ing)? .{0,20}(?:for|by|due to) (?:content|filter)",
            r"blocked by (?:our )?(?:bulk|content|message) ?(?:e-?mail)? ?filter",
            r"message refused by",
            r"垃圾邮件",
            r"this message (?:scored|has been reject).{0,40}(?:point|score)",
            r"fails? .{0,20}content",
            r"unacceptable content",
        ),
    ),
    (
        "blocked",
        _any(
            r"black ?-?list(?!ed (?:sender|address|recipient))(?!ed\")",
            r"block ?-?list",
            r"deny ?list",
            r"\brbls?\b",
            r"\bdnsbls?\b",
            r"spamhaus",
            r"spamcop",
            r"barracuda ?central|b\.barracudacentral",
            r"abuseat",
            r"sorbs",
            r"blocked using",
            r"blocked by (?:zen|rbl|dns|prs|mailspike|bl\.|cbl|sbl|xbl|pbl)",
            r"(?:client|host|ip|server|your|address|connection|network)[^.;]{0,60} (?:is |was |has been |are |been )?(?:blocked|banned|listed|blacklisted|denied|refused|rejected due)\b(?!.{0,30}(?:recipient|mailbox))",
            r"connection (?:refused|rejected|dropped|denied|reset|not allowed|blocked) (?:by (?:policy|the|remote|your|user|server|peer)|due|because|to|from|for)?",
            r"client host .{0,40}(?:rejected|blocked)",
            r"host (?:.{0,40})?(?:refused|rejected|not allowed|denied) to (?:talk|connect)",
            r"(?:dynamic|residential|dial-?up|generic|private|pool)\b.{0,40}(?:ip|address|host|addr|space|client)",
            r"access (?:is )?(?:denied|refused)[.;: ]*(?:.{0,40}(?:ip|host|blocked|banned|mapped))",
            r"banned sending ip",
            r"part of their network is on our block list",
            r"bad helo",
            r"helo .{0,60}(?:reject|invalid|not|refus|bad|own)",
            r"ehlo .{0,30}(?:reject|invalid|refus)",
            r"you (?:are|were|have been) (?:not (?:allowed|authorized) to (?:connect|send)|blocked|banned|listed)",
            r"not allowed to connect",
            r"(?:we|server) do(?:es)? not accept (?:mail|connections?|e-?mail) from (?:dynamic|hosts?|your|this)",
            r"network (?:is )?(?:blocked|banned)",
            r"mail from .{0,30}(?:ip|network) .{0,30}(?:refused|blocked|rejected)",
            r"no access from mail server",
            r"administrative prohibition",
            r"temporarily deferred due to",
            r"gr[ae]y-?list",
            r"try again later.{0,30}(?:grey|gray)",
            r"please visit https?://.{0,60}(?:block|removal|delist)",
            r"delist",
        ),
    ),
    (
        "policyviolation",
        _any(
            r"(?:for|by|due to|against|violat\w+|of|company|local|security|site|organi[sz]ation\w*|administrative|recipient'?s?|mail|message|content) polic(?:y|ies)",
            r"polic(?:y|ies) (?:reason|violation|reject|restriction|denied|issue)",
            r"denied by policy",
            r"security issue",
            r"potential security",
            r"content.{0,30}(?:not allowed|not permitted|prohibited)",
            r"attachments? .{0,60}(?:not allowed|not permitted|prohibited|blocked|banned|forbidden|denied|reject)",
            r"(?:file|attachment) (?:type|extension|name)s?.{0,40}(?:not|block|banned|forbidden|illegal)",
            r"(?:banned|blocked|prohibited|illegal|forbidden|executable) (?:attachment|file|extension|content)",
            r"disallowed by",
            r"closed-relay policy",
            r"you have exceeded the allowable number of",
            r"transport\.rules\.reject",
            r"because .{0,30}rule",
            r"not allowed by .{0,20}rule",
            r"unacceptable (?:attachment|mail|message)",
            r"because the recipient is not accepting mail with",
            r"protocol violation",
        ),
    ),
    (
        "contenterror",
        _any(
            r"duplicate header",
            r"improper use of 8-?bit",
            r"8-?bit (?:data|header|character)",
            r"(?:mime|message|media|character|encoding|header|charset).{0,30}(?:malformed|not supported|unsupported|invalid|error|conversion)",
            r"malformed (?:mime|message|header|mail)",
            r"invalid (?:mime|message|content|character|header)",
            r"(?:other or undefined )?media error",
            r"conversion (?:required|failed|is required|not)",
            r"message (?:format|syntax|structure) (?:error|invalid)",
            r"smtputf8",
            r"unicode|utf-?8 .{0,30}(?:not|unsupported)",
            r"routing loop detected -- too many received",
            r"too many (?:received|mime|hops in header)",
            r"mime (?:conversion|parts|error|nest|depth)",
            r"we could not parse",
            r"improper (?:mime|header)",
            r"content (?:type|encoding).{0,20}not (?:supported|allowed)",
            r"illegal (?:header|character|attachment encoding)",
            r"not (?:a )?valid mime",
        ),
    ),
    (
        "rejected",
        _any(
            r"sender (?:address |domain |e-?mail |was |is |verif\w* |mail |has been )*(?:reject|refus|denied|blocked|fail|invalid|not (?:accept|allow|exist|found|verified)|unknown|does not|must|verify|callout|reject)",
            r"(?:invalid|bad|unknown|unresolvable|illegal|unverified|forged|fake) (?:sender|return|originator|from|envelope)",
            r"(?:domain of sender|sender'?s? domain|sender domain|mail from domain|return address domain|from domain).{0,60}(?:not|does|must|unknown|reject|unresolv|invalid|cannot)",
            r"mail ?from .{0,60}(?:reject|refus|denied|not (?:allowed|accepted|valid|owned)|invalid|block)",
            r"address that has been blacklisted|blacklisted (?:sender|address)|(?:sender|address)(?: is| has been)? blacklisted",
            r"not accepting (?:mail|messages) from (?:<|you|this|that|your|\w+@)",
            r"does not (?:accept|like|want) (?:mail |messages |e-?mail )?(?:from )?(?:you|this sender|<[\w.+-]+@)",
            r"refuse(?:s|d)? (?:to accept )?(?:mail|messages|e-?mail|message|your) (?:from|mail|message)",
            r"you (?:are|do) not (?:allowed|permitted|authorized|have permission) to (?:send|post|mail)",
            r"may not have permission to post",
            r"permission to (?:post|send)",
            r"empty envelope senders? not allowed",
            r"null sender",
            r"bounce(?:s)? (?:not|message not) (?:allowed|accepted)",
            r"only accepts? (?:mail|messages) from",
            r"unable to (?:verify|validate) (?:the )?sender",
            r"could not verify sender",
            r"(?:is )?not (?:a |an )?(?:registered|valid|authori[sz]ed) (?:gateway|sender|user) ?(?:to send)?",
            r"sender .{0,40}not (?:in|on) .{0,20}(?:list|white)",
            r"white ?list",
            r"closed mailing list",
            r"subscriber",
            r"members? only",
            r"you must (?:be|join|log|authenticate|send)",
            r"does not exist .{0,20}sender",
            r"message rejected: not authorized",
            r"message rejected: email address is not verified",
            r"sender not (?:pre-?)?approved",
            r"group .{0,60}may not exist",
            r"spoof",
        ),
    ),
    (
        "hostunknown",
        _any(
            r"domain .{0,80}(?:does not|doesn't|not|cannot be) (?:exist|found|resolv)",
            r"no such (?:domain|host)",
            r"(?:host|domain|name|hostname|server)(?: name)?(?: is| was|:)? (?:unknown|not found|lookup|cannot be found|could not be found|not known|doesn't exist|does not exist|unresolv|invalid)",
            r"unknown (?:host|domain|mail (?:host|domain)|server)",
            r"(?:bad|illegal) (?:destination )?(?:host|domain|system)(?: name| address)?",
            r"host not found",
            r"domain (?:must exist|name not found|unresolv)",
            r"couldn't find any host",
            r"nxdomain",
            r"unroute?able (?:mail domain|address|domain)",
            r"unrouteable",
            r"all relevant mx records point to non-?existent",
            r"mail (?:domain|exchanger) .{0,60}(?:does not|not) (?:exist|found)",
            r"no (?:valid )?(?:mx|a|mail exchanger)s?(?: or a| record| host)?(?:s)? (?:record|found|exist|for|resolv)",
            r"name (?:or service not known|service error|server: .{0,60}not found)",
            r"recipient'?s? domain",
            r"invalid domain(?: name)?",
            r"address (?:resolution|lookup) (?:of .{0,60} )?failed permanently",
            r"all host address lookups failed permanently",
            r"unable to (?:resolve|find|lookup) (?:the )?(?:host|domain|mx|server|recipient'?s? domain)",
            r"network is unreachable.{0,10}host unknown",
            r"bad destination system",
            r"no a, aaaa|no mx",
            r"i couldn't find a mail exchanger",
            r"cannot route to sender|could not route",
        ),
    ),
    (
        "systemfull",
        _any(
            r"(?:insufficient|not enough|no|low|out of) (?:system |disk |free )*(?:storage|disk|space|resources)",
            r"(?:mail )?system (?:is )?full",
            r"no space left",
            r"disk (?:is )?full",
            r"requested mail action aborted: (?:exceeded|insufficient)",
            r"insufficient system (?:storage|resources)",
            r"low (?:on )?disk",
            r"file ?system (?:is )?full",
            r"磁盘空间",
        ),
    ),
    (
        "networkerror",
        _any(
            r"mail (?:is |appears? to be )?loop(?:s|ing|ed)?\b",
            r"loops? back to (?:myself|me)",
            r"too many hops",
            r"hop ?count",
            r"maximum (?:number of )?hops",
            r"mail (?:forwarding )?loop",
            r"routing loop",
            r"(?:network|routing|link|congest\w*|connectivity) (?:error|problem|is unreachable|unreachable|failure|is down)",
            r"host (?:is )?unreachable",
            r"no route to host",
            r"(?:lost|broken|interrupted|dropped|terminated|closed|reset)(?: .{0,40})? (?:connection|conversation|while)",
            r"connection (?:was |is )?(?:lost|broken|interrupted|dropped|closed|terminated|aborted|reset)",
            r"dns (?:error|fail|server|lookup|resolution|query|server returned|temporary)",
            r"(?:unable|failed|cannot) to (?:look ?up|resolve) (?:dns|mx|address)",
            r"name ?server .{0,30}(?:fail|error|timeout|timed)",
            r"forwarded more than the maximum allowed",
            r"too many (?:mail )?forward",
            r"bad (?:dns|connection)",
            r"network (?:is )?down",
            r"too many redirect",
            r"maximum forwarding",
            r"temporary (?:dns|name)",
            r"host or domain name lookup",
            r"cname loop|mx (?:loop|points)|points (?:back )?to (?:itself|localhost|127)",
        ),
    ),
    (
        "expired",
        _any(
            r"(?:connection|connect|operation|session|conversation|host|delivery|read|socket|server|request)(?: \w+){0,5} tim(?:ed? ?-?out|ed out|ing out)",
            r"timed? ?-?out",
            r"time-?out",
            r"(?:delivery|message|retry|queue|life)[ -]?(?:time|period|limit|retries|timeout)? ?(?:has |was |is )?(?:expired|exceeded)",
            r"too (?:long|old)(?: in (?:the )?queue)?",
            r"(?:not|could not be|couldn't be|unable to be|cannot be) delivered (?:with)?in",
            r"has (?:been )?(?:in (?:the )?queue|expired|been undeliverable)",
            r"retry time (?:not reached|exceeded|out)",
            r"retry timeout",
            r"delivery (?:attempts?|time) (?:expired|exceeded|failed after)",
            r"no (?:response|answer) from",
            r"not responding",
            r"will (?:continue|keep) (?:to )?(?:try|retry)",
            r"(?:still|yet) (?:not )?(?:been )?(?:undelivered|delayed|deliver)",
            r"message (?:is |was |will be |has been )?(?:delayed|expired|deferred)",
            r"giving up",
            r"unable to (?:connect|deliver) .{0,40}(?:hours|days|minutes)",
            r"for (?:more than )?\d+ (?:hours|days|minutes)",
            r"failed to deliver .{0,40}(?:hours|days)",
            r"connection refused",
            r"could ?n[o']t (?:connect|establish|be contacted)",
            r"cannot (?:connect|establish)",
            r"unable to (?:connect|contact) (?:to )?(?:the )?(?:remote|host|server|smtp|destination|any)",
        ),
    ),
    (
        "syntaxerror",
        _any(
            r"malformed (?:address|recipient|sender|command)",
            r"syntax error",
            r"(?:improper|bad) sequence",
            r"sequence of commands",
            r"command (?:not|un)(?: )?(?:recogni[sz]ed|implemented|known|understood|supported|allowed)",
            r"(?:unrecogni[sz]ed|unknown|invalid|unsupported|unimplemented|bad) command",
            r"command (?:error|failed)",
            r"(?:bad|invalid|illegal|incorrect) (?:address )?syntax",
            r"syntactically",
            r"incorrectly constructed",
            r"angle-brackets",
            r"domain missing in source-routed",
            r"expected word or",
            r"need (?:mail|rcpt|helo|ehlo)",
            r"bad (?:argument|parameter)",
            r"parameters? (?:not|un)",
        ),
    ),
    (
        "mailererror",
        _any(
            r"pipe to \|",
            r"mailer error",
            r"exit(?:ed)? (?:status|code|with|value)?\s*-?\d+",
            r"command (?:died|failed|exited)",
            r"procmail",
            r"local(?:ly)? (?:delivery|configuration)? (?:agent|program|mailer) ",
            r"x-unix; ?\d+",
            r"unknown mailer error",
            r"service unavailable\.? command (?:died|fail)",
            r"child (?:process|exited)|process (?:failed|killed|exit)",
            r"can'?t create output",
            r"died with status",
            r"user-defined filter",
            r"mailer(?:-| )?daemon .{0,20}error",
            r"\.forward",
            r"quota .{0,10}script",
        ),
    ),
    (
        "systemerror",
        _any(
            r"ldap",
            r"lookup failure",
            r"(?:system|server|internal|local|configuration|database|software|processing|lookup|transport|temporary server|mail server|unexpected|i/o|resources?|storage|timeout|mta)[ -](?:config\w* )?(?:error|fail\w*|problem|crash|misconfig\w*)",
            r"service (?:is )?(?:currently |temporarily |not )?(?:un)?available",
            r"(?:mis)?configur(?:ation|ed)",
            r"can'?t (?:open|create|read|write|lock|fork|exec)",
            r"cannot (?:append|open|update|create|lock|write|read|find mail|allocate)",
            r"unable to (?:open|create|read|write|lock|contact|access|process|complete|append|scan|chdir|switch|load)",
            r"out of (?:memory|resources|order|service)",
            r"no (?:such file|such process|transport|memory|more memory)",
            r"permission denied",
            r"temporarily (?:down|out|off)",
            r"cannot be (?:processed|completed|accepted at)",
            r"message (?:filter|processing) (?:agent|error|failed)",
            r"(?:aliases?|forward\w*).{0,40}(?:broken|loop|too many|wrong|expands)",
            r"delivery to (?:file|pipe|directory) forbidden",
            r"local delivery failed",
            r"proxy",
            r"(?:error|problem) (?:in|while|with) (?:processing|mail|writing|local|scanning|server|the server)",
            r"host is not (?:configured|available)",
            r"has (?:trouble|problem)",
            r"system (?:is )?(?:shut|down|not|in)",
            r"timeout waiting for input|maximum time",
        ),
    ),
    (
        "securityerror",
        _any(
            r"authentication (?:required|failed|fail|needed|mechanism|is required|unsuccessful|failure|rejected|credentials|not)",
            r"authenticat\w+ (?:first|before|required)",
            r"authrequired",
            r"(?:not|un)authori[sz]ed",
            r"verification fail",
            r"encrypt(?:ed|ion)",
            r"cryptograph",
            r"restricted",
            r"you are not (?:authorized|authenticated)",
            r"security (?:error|status|feature|check|reason)",
            r"message integrity",
            r"insecure",
            r"credential",
            r"password",
            r"account not subscribed to ses",
            r"smtp auth",
            r"secur(?:e|ity)",
            r"delivery not authori",
            r"auth(?:entication)? (?:credentials|command|error)",
            r"please log in",
        ),
    ),
)

USER_UNKNOWN = _any(
    r"(?:user|recipient|mail ?box|account|address|alias|person|addressee|e-?mail (?:address|account)|id|inbox|name|local ?part|forwardee|customer|email)(?:\(s\))?(?: name| address| account| id| email)?[^.;]{0,80}(?:unknown|not (?:found|known|exist|a (?:valid|known)|valid|here|local|listed|recogni[sz]ed|defined|been found|have a|registered|available|in (?:the|our))|does ?n[o']t (?:exist|have|match)|doesn't|do not exist|isn't|invalid|no longer exists|unavailable|unrouteable|could not be found|cannot be found|couldn't be found|undeliverable|was not found|reject)",
    r"(?:unknown|no such|invalid|nonexistent|non-existent|bad|not a (?:valid|known)|undefined|unrecogni[sz]ed|illegal|not a|wrong|incorrect|nonexisting)[ -](?:local ?|e-?mail |destination |virtual |recipient |mail |final |smtp |remote )*(?:user|recipient|mail ?box|address|account|alias|person|id|login|rcpt|mail drop|name|ad+res+|users|part|to)",
    r"no (?:such|mail ?box|account|local|valid|user|one)\b.{0,30}(?:user|person|mailbox|here|recipient|by that name|found|address|account|name|exist)",
    r"no mailbox",
    r"not (?:our (?:customer|user)|listed in|a user|known|found in)",
    r"there is no (?:user|one|such|account|mailbox)",
    r"who\?",
    r"unknown to",
    r"resolver\.adr\.",
    r"recipnotfound|recipientnotfound",
    r"nosuchuser",
    r"does not exist",
    r"doesn't exist",
    r"unable to find (?:the )?(?:recipient|user|mailbox)",
    r"address (?:is )?(?:rejected|not found|unknown)(?!: )",
    r"delivery to this (?:user|address) (?:is )?not",
    r"dosn't exist|dosnt exist|does not exis",
    r"bad-mailbox",
    r"sorry, no mailbox here",
    r"couldn't be found|could not be found|wasn't found",
    r"vrfy",
    r"no existe|inexistente|inconnu|unbekannt|sconosciuto",
    r"用户不存在|无此用户|收件人不存在|邮箱不存在|找不到.{0,6}(?:用户|收件人|邮箱)|地址不存在",
    r"this user doesn't have",
    r"not a (?:valid )?(?:mailbox|user|account)",
    r"email address could not",
    r"doesn.t have an? .{0,40}account",
    r"mailbox unavailable",
)
# What a server says that looked at the words of the letter after it had taken the recipient.
FILTERED = _any(
    r"because the recipient is only accepting",
    r"bounced address",
    r"due to extended inactivity",
    r"has been (?:discarded|filtered)",
    r"user ?\.?reject",
    r"(?:mail|message) (?:is |was )?filtered",
    r"we failed to deliver mail because the following address recipient id refuse",
    r"not currently accepting",
    r"blocked by (?:the )?recipient",
    r"(?:user|recipient) (?:has )?(?:reject|refuse|block|restrict)(?:s|ed)?",
    r"rejected by (?:the )?(?:recipient|user|end-user)",
    r"refused (?:by|mail).{0,20}(?:recipient|user)",
    r"resolver\.rst\.notauthorized",
    r"message filtered",
    r"user refuses to receive",
    r"mailbox (?:does not|doesn't) accept",
    r"other mail system problem",
    r"recipient .{0,30}(?:not|does not) (?:accept|want|wish)",
    r"用户拒收|收件人拒收|对方拒收",
)

# Enhanced codes that say it on their own (X.Y.Z; the first digit is left out where both mean the same).
CODES: dict[str, str] = {
    ".1.1": "userunknown", ".1.2": "hostunknown", ".1.3": "userunknown", ".1.4": "filtered", ".1.6": "hasmoved",
    ".1.7": "rejected", ".1.8": "rejected", ".1.9": "systemerror", ".1.10": "notaccept", "5.1.0": "userunknown",
    "4.1.0": "onhold",
    ".2.0": "filtered", "5.2.1": "suspend", "4.2.1": "speeding", ".2.2": "mailboxfull", ".2.3": "exceedlimit",
    ".2.4": "filtered",
    ".3.0": "systemerror", ".3.1": "systemfull", ".3.2": "notaccept", ".3.3": "systemerror", ".3.4": "mesgtoobig",
    ".3.5": "systemerror",
    ".4.0": "networkerror", ".4.1": "expired", ".4.2": "networkerror", ".4.3": "systemerror", "5.4.4": "hostunknown",
    "4.4.4": "networkerror", ".4.5": "systemfull", ".4.6": "networkerror", ".4.7": "expired",
    ".4.9": "networkerror", ".4.14": "networkerror", ".4.310": "hostunknown", ".4.312": "networkerror",
    ".4.316": "expired",
    ".5.0": "mailererror", ".5.1": "syntaxerror", ".5.2": "syntaxerror", ".5.3": "toomanyconn", ".5.4": "syntaxerror",
    ".5.5": "syntaxerror", ".5.6": "syntaxerror",
    ".6.0": "contenterror", ".6.1": "contenterror", ".6.2": "contenterror", ".6.3": "contenterror",
    ".6.4": "contenterror", ".6.5": "contenterror", ".6.6": "contenterror", ".6.7": "contenterror",
    ".6.8": "contenterror", ".6.9": "contenterror", ".6.10": "contenterror",
    "5.7.0": "securityerror", "5.7.1": "securityerror", "4.7.1": "blocked", "4.7.0": "blocked", ".7.2": "filtered",
    ".7.3": "securityerror", ".7.4": "securityerror", ".7.5": "securityerror", ".7.6": "securityerror",
    ".7.7": "securityerror", ".7.8": "securityerror", ".7.9": "securityerror", ".7.10": "failedstarttls",
    ".7.11": "securityerror", ".7.12": "securityerror", ".7.13": "suspend", ".7.14": "securityerror",
    ".7.15": "speeding", ".7.16": "systemerror", ".7.17": "hasmoved", ".7.18": "hasmoved", ".7.19": "policyviolation",
    ".7.20": "authfailure", ".7.21": "authfailure", ".7.22": "authfailure", ".7.23": "authfailure",
    ".7.24": "authfailure", ".7.25": "requireptr", ".7.26": "authfailure", ".7.27": "notaccept",
    ".7.28": "speeding", ".7.29": "authfailure", ".7.30": "securityerror", ".7.509": "authfailure",
    ".7.511": "blocked", ".7.512": "notcompliantrfc", ".7.513": "blocked", ".7.515": "authfailure",
    ".7.650": "badreputation",
}  # fmt: skip
# Codes so often given for something else that words go before them; the others decide when words say nothing.
STRONG = frozenset({
    ".1.1", ".1.2", ".1.6", ".1.10", ".2.2", ".2.3", ".3.4", ".7.10", ".7.20", ".7.21", ".7.22", ".7.23", ".7.24",
    ".7.25", ".7.26", ".7.509", ".7.650", ".7.515",
})  # fmt: skip
# What is believed before a strong code: the same code is given for these, too.
BEFORE_STRONG = frozenset({
    "norelaying", "mailboxfull", "hasmoved", "rejected", "notaccept", "virusdetected", "speeding", "spamdetected",
    "suspend", "notcompliantrfc", "requireptr", "authfailure", "blocked", "badreputation", "policyviolation",
})  # fmt: skip
REPLIES = {"421": "blocked", "450": "onhold", "452": "systemfull", "521": "notaccept", "556": "notaccept",
           "551": "hasmoved", "552": "mailboxfull", "553": "rejected", "500": "syntaxerror", "501": "syntaxerror",
           "502": "syntaxerror", "503": "syntaxerror"}  # fmt: skip
_BLANKS = re.compile(r"\s+")
# Postfix begins so, whatever comes after it.
_PREFIX = re.compile(r"recipient address rejected: (?=\S)(?!access denied)")
# A line of a reply is often broken, each piece with the code before it again: "550-5.7.1 ... 550 5.7.1 ...".
_REPEATED = re.compile(r"(?<=\s)[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3}\s)?")
_ADDRESSES = re.compile(r"<?[\w.+=-]+@[\w.-]+>?")
_LINKS = re.compile(r"https?://\S+")


def folded(said: str) -> str:
    """Return what was said in the form the words are looked for: small letters, no addresses, no links."""
    text = _BLANKS.sub(" ", said).strip().lower()
    first, rest = text[:12], text[12:]
    return _PREFIX.sub("", _LINKS.sub(_link_words, first + _REPEATED.sub("", rest)))


def _link_words(match: re.Match[str]) -> str:
    """Of a link only the name of its host is kept: what lies behind it is not said here."""
    return match.group().split("/")[2]


def reason_of(said: str, *, status: str = "", reply: str = "", command: str = "") -> str:
    """Tell why a letter came back.

    `status` is the enhanced code, `reply` the three digits, `command` at which the other side said it (MAIL, RCPT,
    DATA ...). That a person is unknown is believed at RCPT, or with a code that says so; said later, a filter said it.
    """
    text = folded(said[:4000])
    bare = _ADDRESSES.sub(" ", text)
    code = _code(status)
    by_code = CODES.get(status) or CODES.get(code, "")
    by_words = next((reason for reason, pattern in WORDS if pattern.search(bare)), "")
    if by_words == "hostunknown" and status.startswith("4"):  # not found now: no word on the host itself
        by_words = "networkerror"
    if code in STRONG and by_code:
        if by_words in BEFORE_STRONG and by_words != by_code and not _same_family(by_words, by_code):
            return by_words
        return by_code
    if code == ".4.1" and "recipient address rejected: access denied" in text:  # so Microsoft says it
        return "userunknown"
    unknown = not status.startswith("4") and bool(USER_UNKNOWN.search(bare))
    if unknown and code == ".1.0" and by_words not in BEFORE_STRONG:
        return "userunknown"
    if FILTERED.search(bare) and command not in ("MAIL", "RCPT"):
        return "filtered"
    if by_words in BEFORE_STRONG:
        return by_words
    if unknown and (by_words in ("", "systemerror", "securityerror", "expired", "networkerror", "syntaxerror")):
        # Without a reply of another server the reporting one speaks of people of its own.
        is_sure = command == "RCPT" or code in (".1.3", ".1.0") or not (reply or command)
        return "userunknown" if is_sure else "filtered"
    if by_words:
        return by_words
    return by_code or (REPLIES.get(reply, "") if bare else "") or ("onhold" if bare.strip(" .;:") else "undefined")


def _same_family(words: str, code: str) -> bool:
    return code in OF_THE_ADDRESS and words in ("rejected", "suspend", "policyviolation", "blocked", "spamdetected")


def _code(status: str) -> str:
    return status[status.find(".") :] if "." in status else ""


def is_hard(reason: str, reply: str = "", status: str = "") -> bool:
    """Tell whether trying again is of no use: the address is wrong, or its host takes no mail for good."""
    if reason in OF_THE_ADDRESS:
        return True
    return reason == "notaccept" and (reply.startswith("5") or status.startswith("5"))
