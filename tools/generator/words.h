// Words: what the parties of a generated history ask for and say. Pure data.
#pragma once

#include <array>
#include <string>

#include "events/vocabulary.h"

namespace tallinn::generator {

/// "00042", for names that sort as they count.
inline std::string padded(std::uint64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

/// Something that is asked for.
struct Good {
  const char* en;
  const char* uk;
  NeedKind kind;
  Unit unit;
  int most;  ///< of a line
};
inline constexpr auto kGoods = std::to_array<Good>({
    {"Satellite terminals", "Супутникові термінали", NeedKind::connectivity, Unit::H87, 400},
    {"Rack servers", "Стійкові сервери", NeedKind::hardware, Unit::H87, 60},
    {"Laptops for incident responders", "Ноутбуки для груп реагування", NeedKind::hardware,
     Unit::H87, 800},
    {"Firewalls for regional offices", "Міжмережеві екрани для областей", NeedKind::hardware,
     Unit::H87, 120},
    {"Endpoint protection licences", "Ліцензії захисту кінцевих точок", NeedKind::licence,
     Unit::C62, 5'000},
    {"Backup storage", "Сховище резервних копій", NeedKind::hardware, Unit::SET, 20},
    {"Log collection software", "Програми збирання журналів", NeedKind::software, Unit::C62, 200},
    {"Training of analysts", "Навчання аналітиків", NeedKind::training, Unit::IE, 240},
    {"Incident response retainer", "Договір реагування на інциденти", NeedKind::incident_response,
     Unit::HUR, 2'000},
    {"Security assessment of networks", "Оцінювання захищеності мереж", NeedKind::assessment,
     Unit::DAY, 180},
    {"Cloud hosting of registers", "Хмарне розміщення реєстрів", NeedKind::service, Unit::MON, 36},
});

inline constexpr auto kReasons = std::to_array<const char*>({
    "Agreed at the quarterly meeting",
    "The supplier's price has changed",
    "За рішенням координаційної групи",
    "Потреби уточнено після обстеження",
    "The budget was adopted in another amount",
    "Терміни поставки змінилися",
});

struct Remark {
  const char* en;
  const char* uk;
};
inline constexpr auto kRemarks = std::to_array<Remark>({
    {"Counted by two people.", "Перелічено двома особами."},
    {"Two boxes were opened on the way.", "Дві коробки відкривали в дорозі."},
    {"Papers follow by post.", "Документи надійдуть поштою."},
    {"Recorded after the power came back.", "Записано після відновлення живлення."},
});

inline constexpr auto kPlaces = std::to_array<const char*>({
    "Харків, склад 3",
    "Одеса, порт, ангар 12",
    "Дніпро, обласна адміністрація",
    "Львів, вул. Зелена, 7",
});

}  // namespace tallinn::generator
