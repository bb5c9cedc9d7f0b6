#include "tools/language/tell.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

std::string in_ukrainian(std::string_view sentence) {
  return told(Language::ukrainian, sentence);
}

}  // namespace

TEST_CASE("a sentence that came as English text is told in Ukrainian") {
  CHECK(in_ukrainian("the bundle is too large") == "пакет доказів завеликий");
  CHECK(in_ukrainian("the pledge EE-2024 is withdrawn") == "оголошений внесок EE-2024: відкликано");
  CHECK(in_ukrainian("500000.01 USD is disbursed of 500000.00 USD committed by EE-C1") ==
        "виплачено 500\u00a0000,01\u00a0USD, а за зобов'язанням EE-C1 передбачено "
        "500\u00a0000,00\u00a0USD");
  CHECK(in_ukrainian("there is no party XX") == "сторони XX немає");
}

TEST_CASE("parts of a sentence are told too") {
  CHECK(in_ukrainian("the bundle is not JSON: syntax error at byte 17") ==
        "пакет доказів: це не JSON: синтаксична помилка, байт 17");
  CHECK(in_ukrainian("entries[12].proof[3] of the bundle is not a hash in lower-case hex") ==
        "entries[12].proof[3] пакета доказів: це не хеш у шістнадцятковому записі малими літерами");
  CHECK(in_ukrainian("the need UA-7 is not known here") == "тут невідомо: потреба UA-7");
  CHECK(in_ukrainian("charter x/charter.txt: there is no key file y") ==
        "установчий документ x/charter.txt: немає файла ключа y");
  CHECK(in_ukrainian("body.value.amount is beyond the largest amount (body.value.amount)") ==
        "body.value.amount: перевищує найбільшу суму (body.value.amount)");
}

TEST_CASE("the same sentence in English has its numbers and nouns right") {
  CHECK(told(Language::english, "body.note is over 1 bytes") == "body.note is over 1 byte");
  CHECK(told(Language::english, "f is longer than 4096 bytes") == "f is longer than 4,096 bytes");
  CHECK(told(Language::english, "the bundle is too large") == "the bundle is too large");
}

TEST_CASE("what no pattern wrote comes back as it is") {
  CHECK(in_ukrainian("Paldies!") == "Paldies!");
  CHECK(in_ukrainian("") == "");
  CHECK(in_ukrainian(std::string(5'000, 'x')) == std::string(5'000, 'x'));
}

TEST_CASE("parts within parts within parts end somewhere") {
  std::string sentence;
  for (int i = 0; i < 100; ++i) sentence += "a: ";
  CHECK(in_ukrainian(sentence + "b") == sentence + "b");
}
