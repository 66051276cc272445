"""The English of what the document of the API says, for the page that a foreigner reads. The document is Spanish.

Its sentences are docstrings and descriptions of the operations, where no gettext can mark them.
"""

from __future__ import annotations

from acompana.api import document_webhooks
from acompana.api.document_webhooks import TO_WHOM, WEBHOOKS
from acompana.api.problems import KINDS
from acompana.api.rules import ATTEMPTS
from acompana.api.schemas.homes import ACTIONS
from acompana.shell.languages import spoken

SENTENCES = {
    # --- operations
    "Lista de empresas por nombre, con filtros": "List of companies by name, with filters",
    "Por razón social. `next` es nulo en la última página. `count`, hasta 1.000, viene en la primera.": (
        "By legal name. `next` is null on the last page. `count`, up to 1,000, comes with the first one."
    ),
    "Registrar una empresa": "Register a company",
    "La agencia registra con los datos que tenga (un nombre, y con quién o el RUT). Una persona registra la suya,\n"
    "con RUT y razón social: queda con su mandato, como contacto con los datos de su cuenta, y su ingreso empieza.\n"
    "Un RUT con que la agencia ya trabaja se rechaza, y `company_id` le dice a ella de quién es; de uno del registro\n"
    "público queda su razón social. Una comuna dice su región.": (
        "The agency registers with what it has (a name, and whom to reach or the RUT). A person registers their own, "
        "with RUT and legal name: they hold its mandate, are its contact with the data of their account, and its "
        "intake begins. A RUT with which the agency works already is refused, and `company_id` tells the agency which "
        "company it is; of one of the public register the legal name stays. A commune says its region."
    ),
    "Búsqueda mientras se escribe": "Search as you type",
    "Empresas y contactos por nombre, RUT, correo o teléfono, sin importar tildes; primero lo que tiene relación.\n"
    "`href` es la página donde lo ve quien tiene la clave.": (
        "Companies and contacts by name, RUT, e-mail or telephone, whatever the accents; related ones come first. "
        "`href` is the page on which the key's person sees it."
    ),
    "Una empresa, sus contactos y sus 50 anotaciones más nuevas": "A company, its contacts and its 50 newest entries",
    "Una empresa fusionada lleva con 301 a la que quedó. `ETag` es su versión, para cambiarla con `If-Match`. Sin el\n"
    "permiso `logbook:read`, `entries` es nulo.": (
        "A company that was merged leads, with 301, to the one that stayed. `ETag` is its version, to change it with "
        "`If-Match`. Without the scope `logbook:read`, `entries` is null."
    ),
    "Cambiar los datos de una empresa": "Change the data of a company",
    "Lo que no se dice queda como está, y lo que ya es así no se escribe de nuevo. Una comuna dice su región; una\n"
    "región sola tiene que ser la de la comuna anotada. Hay que decir qué versión se cambia: `If-Match` (412 si ya no "
    "es\n"
    "esa) o `version` (409). Quien representa a la empresa cambia lo mismo que en el portal.": (
        "What is not said stays as it is, and what is so already is not written again. A commune says its region; a "
        "region alone has to be that of the commune on record. Say which version you change: `If-Match` (412 if it is "
        "another one by now) or `version` (409). Who represents the company changes what the portal lets them change."
    ),
    "Empresas que pueden ser la misma, antes de registrar": "Companies that may be the same, before you register",
    "Por RUT, correo, teléfono o nombre sin sufijo ni tildes, con lo que las delata. Un RUT, un correo o un teléfono\n"
    "que no puede ser se rechaza: que no tenga ninguna igual no dice nada. Solo para la agencia.": (
        "By RUT, e-mail, telephone or name without suffix and accents, with what tells them. A RUT, an e-mail or a "
        "telephone that cannot be one is refused: that none is like it would say nothing. For the agency alone."
    ),
    "Los contactos de una empresa": "The contacts of a company",
    "Quienes siguen en la empresa; el principal primero.": "Those who are still there; the main one first.",
    "Un contacto": "A contact",
    "La agencia lee también a quien dejó la empresa, con `ended_on`. Si su empresa se fusionó, `company_id` es la "
    "que\n"
    "quedó.": (
        "The agency also reads who left the company, with `ended_on`. Where their company was merged, `company_id` is "
        "the one that stayed."
    ),
    "Agregar un contacto": "Add a contact",
    "El primero de una empresa es el principal. Quien la representa agrega solo ese.": (
        "The first one of a company is the main one. Who represents it adds that one alone."
    ),
    "Cambiar un contacto": "Change a contact",
    "Lo que no se dice queda como está. Un correo nuevo hay que verificarlo otra vez. Quien representa a la empresa\n"
    "cambia el contacto principal.": (
        "What is not said stays as it is. A new e-mail has to be verified again. Who represents the company changes "
        "the main contact."
    ),
    "Un contacto dejó la empresa": "A contact left the company",
    "Queda en la historia, con la fecha en que dejó la empresa, y no se le escribe más. Si era el principal, lo es\n"
    "el que sigue en la lista. Lo anota la agencia.": (
        "They stay in the history, with the day on which they left, and are no longer written to. Of the main one the "
        "next in the list takes the place. The agency notes it."
    ),
    "Las actividades de una empresa": "The activities of a company",
    "Por su código del SII; la principal primero. `version` es la de la empresa, para escribirlas.": (
        "By their code of the tax service; the main one first. `version` is that of the company, to write them."
    ),
    "Decir las actividades de una empresa": "Say the activities of a company",
    "Códigos del SII; la primera es la principal. Reemplazan las que había. La versión se dice como al cambiar la\n"
    "empresa.": (
        "Codes of the tax service; the first is the main one. They replace what was there. The version is said as "
        "when you change the company."
    ),
    "Los productos y servicios de una empresa": "The products and services of a company",
    "Con su partida arancelaria, si se sabe. `version` es la de la empresa, para escribirlos.": (
        "With their tariff heading, where it is known. `version` is that of the company, to write them."
    ),
    "Decir los productos y servicios de una empresa": "Say the products and services of a company",
    "Reemplazan los que había. La versión se dice como al cambiar la empresa.": (
        "They replace what was there. The version is said as when you change the company."
    ),
    "Los mercados que interesan a una empresa": "The markets that interest a company",
    "Los países a los que quiere vender, por nombre. `version` es la de la empresa, para escribirlos.": (
        "The countries to which it would like to sell, by name. `version` is that of the company, to write them."
    ),
    "Decir los mercados que interesan a una empresa": "Say the markets that interest a company",
    "Países por su código ISO 3166-1, Chile no. Reemplazan los que había. La versión se dice como al cambiar la\n"
    "empresa.": (
        "Countries by their code of ISO 3166-1, not Chile. They replace what was there. The version is said as when "
        "you change the company."
    ),
    "La bitácora de una empresa": "The logbook of a company",
    "Lo más nuevo primero, con lo de las empresas que se fusionaron con ella. Solo lo que puedes leer.": (
        "The newest first, with that of the companies that were merged into it. Only what you may read."
    ),
    "Una anotación de la bitácora": "An entry of the logbook",
    "Si puedes leerla. `company_id` es la empresa en que se anotó, también si después se fusionó con otra. La que se\n"
    "borró por ley viene sin texto, con `erased_at`.": (
        "If you may read it. `company_id` is the company that it was written on, also where that was merged into "
        "another one later. What was erased by law comes without its text, with `erased_at`."
    ),
    "Anotar una llamada, una visita, un correo o una nota": "Note a call, a visit, an e-mail or a note",
    "Queda para siempre: la bitácora no se cambia. Si la empresa esperaba ese contacto, su ingreso avanza cuando lo\n"
    "anota quien puede registrarlo: una persona a quien le corresponde, no un sistema ni otra oficina. De una\n"
    "conversación se dice en `outcome` si se habló con la empresa; por su canal queda su clase.": (
        "It stays for ever: the logbook is not changed. If the company waited for that contact, its intake moves on "
        "when whoever may register it notes it: a person whose it is, no system and no other office. Of a "
        "conversation `outcome` says whether the company was reached; its kind is that of its channel."
    ),
    "Compromisos, lo que vence antes primero": "Commitments, what is due first comes first",
    "Los abiertos, si no se dice otra cosa. `mine` da lo que debe quien tiene la clave: su cola de trabajo; a\n"
    "quien representa a una empresa, lo que debe ella.": (
        "The open ones, unless you say otherwise. `mine` gives what the key's person owes: their queue; to who "
        "represents a company, what it owes."
    ),
    "Un compromiso, con la explicación de su fecha": "A commitment, with the explanation of its date",
    "`explanation` dice por qué vence entonces (EXP-9).": "`explanation` says why it is due then (EXP-9).",
    "Dar un compromiso por cumplido": "Mark a commitment as fulfilled",
    "Lo cumple, en la agencia, quien lo debe o su oficina; un sistema, los que su permiso alcanza. Se rechaza lo que\n"
    "cumple un paso de su asunto u otro acto: el primer contacto (DL-1), al anotarlo quien lo debe en la bitácora.": (
        "By whoever owes it at the agency or their office; by a system, those within its scope. What a step of its "
        "matter or another act fulfils is refused: the first contact (DL-1) is fulfilled by whoever owes it, "
        "noting it in the logbook."
    ),
    "Asuntos, lo más nuevo primero": "Matters, the newest first",
    "Ingresos, cuentas potenciales, revisiones, solicitudes de ayuda: `kind` y `state` por su código.": (
        "Intakes, potential accounts, reviews, help requests: `kind` and `state` by their code."
    ),
    "Un asunto y sus pasos": "A matter and its steps",
    "Por su número: ING-2026-000123.": "By its number: ING-2026-000123.",
    "Dónde está el ingreso de una empresa": "Where the intake of a company stands",
    "El más nuevo, con su estado, resultado, clasificación y lo que se le debe (INT-5). Sin el permiso\n"
    "`commitments:read`, `due` es nulo. `final_score` y `standing`, que cuentan la entrevista, son de la agencia:\n"
    "para una empresa, nulos.": (
        "The newest, with its state, result, classification and what is owed to it (INT-5). Without the scope "
        "`commitments:read`, `due` is null. `final_score` and `standing`, which count the interview, are of the "
        "agency: null for a company."
    ),
    "Cuestionarios": "Questionnaires",
    "Todos los que tienen una versión en vigor, o solo los que responde una empresa, según quién pregunta.\n"
    "`finished`: cuántas veces se terminó, de lo que puedes leer.": (
        "All that have a version in force, or only those that a company answers, depending on who asks. `finished`: "
        "how many times it was finished, of what you may read."
    ),
    "Un cuestionario: sus preguntas, puntos y tramos": "A questionnaire: its questions, points and bands",
    "La versión en vigor. Los puntos de cada respuesta, el peso de cada parte y los tramos los lee la agencia: a\n"
    "quien lo responde no se le muestran antes.": (
        "The version in force. The points of each answer, the weight of each part and the bands are read by the "
        "agency: whoever answers is not shown them beforehand."
    ),
    "Cuestionarios respondidos, lo más nuevo primero": "Answered questionnaires, the newest first",
    "De una empresa con `company_id`; los sin terminar también, si no se dice `finished`.": (
        "Of one company with `company_id`; also unfinished ones, unless you say `finished`."
    ),
    "Un cuestionario respondido, pregunta por pregunta": "An answered questionnaire, question by question",
    "Las preguntas que se mostraron, con lo respondido en palabras. Ya terminado, también los puntos por tema y las\n"
    "brechas, con lo que cierra cada una.": (
        "What was asked, with the answers in words. Once finished, also the points per theme and the gaps, with what "
        "closes each."
    ),
    "Correos que escribió el sistema, lo más nuevo primero": "E-mails that the system wrote, the newest first",
    "Todo el personal, los de una empresa (`company_id`); la bandeja entera, quienes la cuidan.": (
        "All staff read those of one company (`company_id`); those who look after the outbox, all of it."
    ),
    "Un correo con su texto": "An e-mail with its text",
    "Lo lee quien lee los de su empresa, o cuida la bandeja; el texto, solo quien la cuida: para los demás, nulo.": (
        "Read by whoever reads those of its company, or looks after the outbox; the text, by the latter alone: null "
        "for the others."
    ),
    "Las reglas en vigor un día": "The rules in force on a day",
    "Con su valor, desde cuándo y de dónde sale; las que empezaron después no vienen. `book` es un libro:\n"
    "commitments, companies, evaluation, intake.": (
        "With their value, since when and from where; those that began later are left out. `book` is one of: "
        "commitments, companies, evaluation, intake."
    ),
    "Una regla hoy": "A rule today",
    "Por su id: DL-1.": "By its id: DL-1.",
    "Cuándo vence un plazo, y por qué": "When a deadline falls, and why",
    "Con el calendario, los feriados y la hora de la oficina; lo mismo que `manage.py deadline`.": (
        "By the calendar, holidays and time of the office; the same as `manage.py deadline`."
    ),
    "Una lista de referencia": "A list of reference data",
    "Regiones, comunas, países, actividades del SII, partidas, sectores, tramos de venta, Incoterms y oficinas.\n"
    "Las filas retiradas no vienen. `q` busca en el nombre, sin importar tildes ni mayúsculas.": (
        "Regions, communes, countries, activities of the tax service, tariff headings, sectors, sales brackets, "
        "Incoterms and offices. Rows out of use are left out. `q` looks in the name, whatever the accents or case."
    ),
    "Quién es esta clave y qué puede": "Who this key is and what it may do",
    "La clave, su persona con las funciones de hoy, y sus permisos.": (
        "The key, its person with today's roles, and its scopes."
    ),
    "Empresas por región y estado": "Companies by region and status",
    "Todas las que están por sí mismas (no las fusionadas). `region` nula: sin región. Solo para la agencia.": (
        "All that stand for themselves (not the merged ones). `region` null: without region. For the agency alone."
    ),
    "Qué cambió desde un cursor, en orden": "What changed since a cursor, in order",
    "Guarda `next` y vuelve con él: nada se pierde, aunque varios escriban a la vez. Sin cursor empieza en lo más\n"
    "antiguo que se guarda (90 días); con `start=now`, en lo que venga. `more` dice si ya hay más. Vienen las clases "
    "que\n"
    "los permisos de la clave alcanzan, sin valores: pídelos por `href`. Una empresa que se fusionó viene como "
    "`merged`,\n"
    "con la que quedó en `merged_into`, y como `split` si se deshizo; quien dejó su empresa, como `ended`. Una "
    "página\n"
    "vacía también avanza.": (
        "Keep `next` and come back with it: nothing is lost, even where several write at once. Without a cursor it "
        "begins with the oldest that is kept (90 days); with `start=now`, with what comes. `more` says if there is "
        "more already. The kinds within the key’s scopes come, without values: ask for them at `href`. A company "
        "that was merged comes as `merged`, with the one that stayed in `merged_into`, and as `split` where that was "
        "undone; who left their company, as `ended`. An empty page moves on too."
    ),
    # --- parameters and fields
    "Filas por página": "Rows in a page",
    "El «next» de la página anterior": "The “next” of the last page",
    "Nombre, RUT, contacto, correo o teléfono": "Name, RUT, contact, e-mail or telephone",
    "ISO 3166-2: CL-VS": "ISO 3166-2: CL-VS",
    "ISO 3166-1: PE": "ISO 3166-1: PE",
    "Las de los últimos años: reemplaza las que había, las anteriores quedan. Un «Sí» necesita al menos una": (
        "Those of the last years: they replace what was there, earlier ones stay. A “yes” needs at least one"
    ),
    "id, o «none»: nadie a cargo": "id, or “none”: nobody in charge",
    "«registry»: solo de un registro público": "“registry”: from a public register alone",
    "false: sin contar": "false: without counting",
    "Idioma de los errores": "Language of the errors",
    "La misma clave con el mismo contenido se hace una vez; se recuerda un día. Es de la clave de la API con que se "
    "envió: con otra, de la misma persona o del mismo sistema también, se hace de nuevo": (
        "The same key with the same content is done once; it is remembered for a day. It belongs to the token that it "
        "was sent with: with another one, of the same person or system too, it is done again"
    ),
    "Lo escrito hasta ahora": "What was typed so far",
    "El ETag de lo que se leyó": "The ETag of what was read",
    "Lo que debe quien tiene la clave, y su oficina sin responsable; o la empresa que representa": (
        "What the key's person owes, and what their office owes and nobody has; or the company that they represent"
    ),
    "En vigor ese día; hoy si no se dice": "In force on that day; today unless said",
    "DL-1": "DL-1",
    "ISO 8601; sin desfase, la hora de la oficina": "ISO 8601; without offset, the office's time",
    "CL-RM, CL-CENTRAL": "CL-RM, CL-CENTRAL",
    "Con o sin puntos": "With or without dots",
    "Dónde se la conoció": "Where it was met",
    "O la cabecera If-Match": "Or the header If-Match",
    "Llamada, visita, correo o nota": "Call, visit, e-mail or note",
    "Se habló con la empresa, no contestó, o no aplica": "The company was spoken to, did not answer, or neither",
    "La empresa nos buscó, la buscamos, o es interna": "The company came to us, we to it, or it is internal",
    "Con quién, de los contactos de la empresa": "With whom, of the contacts of the company",
    "El número de un asunto de la empresa: ING-2026-000123": "The number of a matter of the company: ING-2026-000123",
    "La lee todo el personal, solo los responsables, o también la empresa": (
        "Read by all staff, by those responsible alone, or by the company too"
    ),
    "Lo que se habló o pasó; una nota lo necesita": "What was said or happened; a note needs it",
    "El usual de la clase, si no se dice": "The usual one of the kind, unless said",
    "Con desfase: 2026-09-16T15:00:00-03:00; desde 1900 y hasta ahora": (
        "With offset: 2026-09-16T15:00:00-03:00; from 1900 until now"
    ),
    "El sistema cuya clave lo anotó, si ninguna persona lo hizo": "The system whose key wrote it, if no person did",
    "El sistema cuya clave lo cumplió, si no fue una persona": "The system whose key kept it, if no person did",
    "Partida arancelaria, sin puntos: 200870": "Tariff heading, without points: 200870",
    "Dice también la región": "It says the region too",
    ACTIONS: (
        "Of a company also `merged`, it became part of `merged_into`, and `split`, that merge was undone; of a "
        "contact also `ended`, they left the company"
    ),
    "De una empresa fusionada, la que quedó; nulo en lo demás": (
        "Of a company that was merged, the one that stayed; null for everything else"
    ),
    # --- webhooks
    WEBHOOKS: "Messages to other systems (webhooks)",
    TO_WHOM: "your address",
    document_webhooks.SUMMARY: "Message of changes, to the address that was subscribed",
    document_webhooks.DESCRIPTION: (
        "It is sent by POST to each address that the administration subscribes, as things change: what changed and of "
        "which company, without values; ask for them at `href` with your key. Check the signature before you believe "
        "it. Answer 2xx within ten seconds. If not, it is tried again up to "
        f"{len(ATTEMPTS)} times in a day; meanwhile what follows waits, and arrives in order. A message may arrive "
        "twice, with the same `Webhook-Id`."
    ),
    document_webhooks.SIGNATURE: (
        "`t=…,v1=…`: `t` is Webhook-Timestamp, and `v1`, in hexadecimal, HMAC-SHA256 of “t.body” with the secret of "
        "the subscription, over the bytes as they came. Refuse what is older than five minutes"
    ),
    "El número del aviso, el mismo si se reintenta": "The number of the message, the same if it is tried again",
    "Cuándo se envió, en segundos desde 1970": "When it was sent, in seconds since 1970",
    "El número de la suscripción": "The number of the subscription",
    "En orden, lo más antiguo primero": "In order, the oldest first",
    "Recibido": "Received",
    "Se reintenta": "It is tried again",
    # --- answers
    "Hecho": "Done",
    "Creado": "Created",
    # --- groups and scopes
    "Empresas y contactos": "Companies and contacts",
    "Bitácora": "Logbook",
    "Compromisos": "Commitments",
    "Asuntos e ingresos": "Matters and intakes",
    "Cuestionarios y respuestas": "Questionnaires and answers",
    "Correos": "E-mails",
    "Reglas y plazos": "Rules and deadlines",
    "Datos de referencia": "Reference data",
    "Cifras": "Figures",
    "Cambios": "Changes",
    "Leer empresas y sus contactos": "Read companies and their contacts",
    "Registrar y cambiar empresas y contactos": "Register and change companies and contacts",
    "Leer la bitácora": "Read the logbook",
    "Anotar en la bitácora": "Write in the logbook",
    "Leer compromisos": "Read commitments",
    "Dar compromisos por cumplidos": "Mark commitments as fulfilled",
    "Leer asuntos e ingresos": "Read matters and intakes",
    "Leer cuestionarios y respuestas": "Read questionnaires and answers",
    "Leer los correos escritos": "Read the e-mails that were written",
    "Leer las reglas y calcular plazos": "Read the rules and calculate deadlines",
    "Leer los datos de referencia": "Read the reference data",
    "Leer las cifras": "Read the figures",
    # --- types
    "dirección": "path",
    "consulta": "query",
    "cabecera": "header",
    "cuerpo": "body",
    "número entero": "integer",
    "número": "number",
    "texto": "text",
    "sí o no": "yes or no",
    "lista": "list",
    "objeto": "object",
    "nulo": "null",
    "fecha": "date",
    "fecha y hora": "date and time",
    "valor": "value",
}
ANSWERS = SENTENCES | {kind.title: kind.title_en for kind in KINDS.values()}


def said(text: str) -> str:
    """A sentence of the document in the language of the page. Several titles of errors may stand beside each other,
    and several types."""
    if spoken() != "en" or not text:
        return text
    for mark in (" · ", " | "):
        if mark in text and text not in ANSWERS:
            return mark.join(said(part) for part in text.split(mark))
    return ANSWERS.get(text, text)
