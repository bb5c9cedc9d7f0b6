#include "tools/messages.h"

#include <algorithm>
#include <array>

namespace tallinn {

namespace {

struct Message {
  std::string_view key;
  std::string_view en;
  std::string_view uk;
};

// In order of key.
constexpr auto kMessages = std::to_array<Message>({
    {"accepted", "accepted", "прийнято"},
    {"admitted", "admitted", "прийнято до кола"},
    {"after", "after", "після"},
    {"allocated", "allocated", "розподілено"},
    {"allocation", "allocation", "розподіл"},
    {"amount", "amount", "сума"},
    {"announced", "announced", "оголошено"},
    {"applied", "applied", "враховано"},
    {"awaiting_acceptance", "awaiting acceptance", "очікує приймання"},
    {"base", "from", "з валюти"},
    {"before", "before", "до"},
    {"by", "by", "чим"},
    {"cancelled", "cancelled", "скасовано"},
    {"checked", "checked", "перевірено"},
    {"closed", "closed", "закрито"},
    {"code", "code", "код"},
    {"commitment", "commitment", "зобов'язання"},
    {"committed", "committed", "зобов'язано"},
    {"completed", "completed", "завершено"},
    {"confirmed", "confirmed", "підтверджено"},
    {"consented", "consented", "погоджено"},
    {"consignment", "consignment", "партія"},
    {"corrected", "corrected", "виправлено"},
    {"corrected_by", "corrected by", "чим виправлено"},
    {"country", "country", "країна"},
    {"covered", "covered", "покрито"},
    {"currency", "currency", "валюта"},
    {"date", "date", "дата"},
    {"disbursed", "disbursed", "перераховано"},
    {"disbursing", "disbursing", "перераховується"},
    {"dispatched", "dispatched", "відправлено"},
    {"donor", "donor", "донор"},
    {"effect", "effect", "дія"},
    {"endorsed", "endorsed", "схвалено"},
    {"event", "event", "подія"},
    {"events", "events", "події"},
    {"figure", "figure", "показник"},
    {"fully_committed", "fully committed", "повністю зобов'язано"},
    {"id", "id", "ідентифікатор"},
    {"in_delivery", "in delivery", "у доставці"},
    {"in_service", "in service", "у роботі"},
    {"in_transit", "in transit", "у дорозі"},
    {"index", "index", "номер"},
    {"keys", "keys", "ключі"},
    {"kind", "kind", "вид"},
    {"known_on", "known on", "відомо на"},
    {"lamport", "order", "порядок"},
    {"lapsed", "lapsed", "втратило чинність"},
    {"level", "level", "рівень"},
    {"line", "line", "рядок"},
    {"lines", "lines", "рядки"},
    {"losses", "losses", "втрати"},
    {"lost", "lost", "втрачено"},
    {"met", "met", "задоволено"},
    {"mode", "mode", "спосіб"},
    {"name", "name", "назва"},
    {"need", "need", "потреба"},
    {"no_difference", "The two reports do not differ.", "Звіти не відрізняються."},
    {"not_in_service", "not in service", "не в роботі"},
    {"occurred", "occurred", "сталося"},
    {"open", "open", "відкрито"},
    {"origin", "origin", "журнал"},
    {"part_received", "part received", "частково отримано"},
    {"parties", "parties", "сторони"},
    {"partly_committed", "partly committed", "частково зобов'язано"},
    {"partly_covered", "partly covered", "частково покрито"},
    {"partly_met", "partly met", "частково задоволено"},
    {"party", "party", "сторона"},
    {"pledge", "pledge", "обіцянка"},
    {"pledged", "pledged", "обіцяно"},
    {"prefix", "another beginning", "інший початок"},
    {"priority", "priority", "пріоритет"},
    {"promise", "broken promise", "порушена обіцянка"},
    {"proposed", "proposed", "запропоновано"},
    {"quantity", "quantity", "кількість"},
    {"quote", "to", "у валюту"},
    {"rate", "rate", "курс"},
    {"reason", "reason", "причина"},
    {"received", "received", "отримано"},
    {"receiver", "receiver", "отримувач"},
    {"recipient", "recipient", "одержувач"},
    {"recorded", "recorded", "записано"},
    {"refunded", "refunded", "повернено кошти"},
    {"registered", "registered", "зареєстровано"},
    {"rejected", "rejected", "відхилено"},
    {"released", "released", "вивільнено"},
    {"replaced_by", "replaced by", "замінено на"},
    {"replicated", "replicated", "продубльовано"},
    {"resolved", "resolved", "вирішено"},
    {"returned", "returned", "повернено"},
    {"roots", "two roots", "два корені"},
    {"rung", "rung", "щабель"},
    {"sector", "sector", "сектор"},
    {"settled", "settled", "усталено"},
    {"sha256", "SHA-256", "SHA-256"},
    {"signed", "signed", "підписано"},
    {"signers", "signers", "підписали"},
    {"source", "source", "джерело"},
    {"state", "state", "стан"},
    {"states", "two states", "два стани"},
    {"subject", "signed by", "чий підпис"},
    {"suspended", "suspended", "призупинено"},
    {"terminated", "terminated", "припинено"},
    {"text", "what does not fit", "що не збігається"},
    {"title", "title", "назва"},
    {"type", "type", "тип"},
    {"unallocated", "unallocated", "не розподілено"},
    {"uncommitted", "uncommitted", "не зобов'язано"},
    {"uncovered", "uncovered", "не покрито"},
    {"undisbursed", "undisbursed", "не перераховано"},
    {"undispatched", "undispatched", "не відправлено"},
    {"unit", "unit", "одиниця"},
    {"urgency", "urgency", "терміновість"},
    {"value", "value", "вартість"},
    {"withdrawn", "withdrawn", "відкликано"},
    {"year", "year", "рік"},
});

static_assert(std::ranges::is_sorted(kMessages, {}, &Message::key),
              "the table is searched by halving");

}  // namespace

std::string_view word(Language language, std::string_view key) {
  const auto found = std::ranges::lower_bound(kMessages, key, {}, &Message::key);
  if (found == kMessages.end() || found->key != key) return key;
  return language == Language::ukrainian ? found->uk : found->en;
}

}  // namespace tallinn
