// Texts and times of the data sets.
#include "tests/simulator/data.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace rollcall::simulator {
namespace {

using namespace std::chrono;
using view = std::string_view;
using namespace std::string_view_literals;

constexpr std::array first_names{"Kara"sv,   "Jonas"sv, "Amina"sv, "Ravi"sv,   "Lucía"sv, "Mateusz"sv,
                                 "Yuki"sv,   "Chloé"sv, "Søren"sv, "Priya"sv,  "Tomás"sv, "Zainab"sv,
                                 "Oliver"sv, "Ines"sv,  "Hamza"sv, "Bridget"sv};
constexpr std::array last_names{"Danvers"sv, "Weber"sv,    "Okafor"sv, "Patel"sv,   "García"sv,  "Kowalski"sv,
                                "Tanaka"sv,  "Dubois"sv,   "Jensen"sv, "Sharma"sv,  "O'Neill"sv, "Haddad"sv,
                                "Smith"sv,   "Ferreira"sv, "Khan"sv,   "McCarthy"sv};
constexpr std::array purposes{"Customer Support"sv, "Sales"sv,       "Website"sv,     "Onboarding"sv,  "Billing"sv,
                              "Appointment"sv,      "Lead Intake"sv, "Returns"sv,     "IT Helpdesk"sv, "Renewals"sv,
                              "Restaurant"sv,       "Dental Desk"sv, "Real Estate"sv, "Collections"sv};
constexpr std::array roles{"Agent"sv, "Assistant"sv, "Bot"sv, "Concierge"sv, "Specialist"sv, "Guide"sv};
constexpr std::array manners{"Be polite, professional and brief."sv,
                             "Ask one question at a time."sv,
                             "Never promise a refund; offer to open a ticket instead."sv,
                             "If the caller is upset, hand over to a person."sv,
                             "Answer in the language of the customer."sv,
                             "Confirm every date and amount twice."sv};
constexpr std::array openings{"Welcome! How can I assist you today?"sv, "Hello! How can I help you today?"sv,
                              "Hi there, thanks for calling. What can I do for you?"sv,
                              "Good day! What brings you here?"sv};
constexpr std::array domains{"example.com"sv, "sales.example.com"sv, "example.org"sv, "partners.example.net"sv};

// The strings that break careless JSON code. Literals with a NUL inside need the sv suffix to keep their length.
constexpr std::array awkward_names{"The \"Closer\" \\ Backup"sv,
                                   "日本語サポート 担当"sv,
                                   "Zoë 👩‍💼 Sales 🚀"sv,
                                   "Tab\there, line\nthere"sv,
                                   "مساعد المبيعات"sv,
                                   "Łukasz Żółć"sv,
                                   "A & B <b>bold</b> </script>"sv,
                                   "Ελένη Παπαδοπούλου"sv,
                                   "שירות לקוחות"sv,
                                   "line\u2028separator\u2029here"sv,
                                   ""sv};
constexpr std::array awkward_texts{
    "Say \"hello\" first.\nThen use C:\\path\\to\\script and a / slash.\r\n\tIndented."sv,
    "Control characters: \x01\x02\x08\x0c\x1b\x1f and delete \x7f."sv,
    "A line\u2028separator and a paragraph\u2029separator."sv,
    "Emoji 😀👨‍👩‍👧‍👦🇩🇪 and mathematics 𝔸𝔹ℂ beyond the basic plane."sv,
    ""sv,
    "あなたは親切なサポート担当です。丁寧に答えてください。"sv,
    "أنت مساعد مفيد. أجب بأدب."sv,
    "{\"not\": [\"a\", \"value\"], \"but\": \"a string\"}"sv,
    "A NUL \0 inside, which C strings lose."sv,
    "Ты полезный помощник. Ποιος είσαι; आप एक सहायक हैं।"sv};

constexpr std::size_t long_text_length = 3000;

template<std::size_t N>
view choose(dice& dice, const std::array<view, N>& choices) {
    return dice.pick(choices);
}

std::string long_text() {
    std::string text;
    while (text.size() < long_text_length)
        text += "Repeat the question in your own words before you answer it. ";
    text.resize(long_text_length);
    return text;
}

// Every fifth text is an awkward one, in turn, so that any page of some size has several.
std::optional<std::string> awkward_text(std::size_t index) {
    if (index % 5 != 3) return std::nullopt;
    const std::size_t turn = (index / 5) % (awkward_texts.size() + 1);
    return turn == awkward_texts.size() ? long_text() : std::string{awkward_texts[turn]};
}

std::optional<std::string> awkward_name(std::size_t index) {
    if (index % 6 != 4) return std::nullopt;
    return std::string{awkward_names[(index / 6) % awkward_names.size()]};
}

template<typename Duration>
std::string date_and_time(sys_time<Duration> when) {
    const auto day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{floor<seconds>(when - day)};
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

}  // namespace

// SplitMix64 (Steele, Lea and Flood), public domain.
std::uint64_t dice::next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
}

std::string dice::text(std::size_t length, std::string_view alphabet) {
    std::string out(length, ' ');
    std::generate(out.begin(), out.end(), [&] { return alphabet[below(alphabet.size())]; });
    return out;
}

std::string dice::uuid() {
    std::string id = text(36, hex_alphabet);
    for (const std::size_t dash : {8U, 13U, 18U, 23U})
        id[dash] = '-';
    id[14] = '4';
    id[19] = "89ab"[below(4)];
    return id;
}

std::string person_name(dice& dice, std::size_t index) {
    const view first = choose(dice, first_names);
    const view last = choose(dice, last_names);
    if (auto awkward = awkward_name(index)) return *awkward;
    return std::string{first} + " " + std::string{last};
}

std::string bot_name(dice& dice, std::size_t index) {
    const view purpose = choose(dice, purposes);
    const view role = choose(dice, roles);
    if (auto awkward = awkward_name(index)) return *awkward;
    return std::string{purpose} + " " + std::string{role};
}

std::string prompt(dice& dice, std::size_t index) {
    const view purpose = choose(dice, purposes);
    std::string text = "You are a helpful " + std::string{purpose} + " agent. ";
    text += choose(dice, manners);
    text += ' ';
    text += choose(dice, manners);
    return awkward_text(index).value_or(std::move(text));
}

std::string greeting(dice& dice, std::size_t index) {
    const view opening = choose(dice, openings);
    return awkward_text(index + 2).value_or(std::string{opening});
}

std::string description(dice& dice, std::size_t index) {
    std::string text = "Main " + std::string{choose(dice, purposes)} + " chatbot";
    return awkward_text(index + 4).value_or(std::move(text));
}

std::string email_of(dice& dice, std::string_view name) {
    std::string local;
    for (const char c : name) {
        if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
            local += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (c == ' ' && !local.empty() && local.back() != '.') {
            local += '.';
        }
    }
    if (local.empty()) local = "agent";
    const std::string suffix = dice.text(4, hex_alphabet);
    return local + "." + suffix + "@" + std::string{choose(dice, domains)};
}

instant first_moment() {
    return sys_days{year{2025} / 1 / 15} + hours{10} + minutes{30};
}

std::string in_seconds(instant when) {
    return date_and_time(when) + "Z";
}

std::string in_microseconds(instant when) {
    std::array<char, 16> fraction;
    std::snprintf(fraction.data(), fraction.size(), ".%06dZ",
                  static_cast<int>((when - floor<seconds>(when)).count() % 1'000'000));
    return date_and_time(when) + fraction.data();
}

std::string in_offset(instant when, minutes offset) {
    const auto size = abs(offset).count();
    std::array<char, 16> zone;
    std::snprintf(zone.data(), zone.size(), "%c%02d:%02d", offset < minutes{0} ? '-' : '+',
                  static_cast<int>(size / 60 % 24), static_cast<int>(size % 60));
    return date_and_time(when + offset) + zone.data();
}

std::int64_t epoch_seconds(instant when) {
    return floor<seconds>(when).time_since_epoch().count();
}

std::optional<instant> read_instant(std::string_view text) {
    const std::string copy{text};
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, used = 0;
    if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &s, &used) != 6) {
        return std::nullopt;
    }
    const year_month_day date{year{y}, month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
    if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
    instant when = sys_days{date} + hours{h} + minutes{mi} + seconds{s};
    std::string_view rest = std::string_view{copy}.substr(static_cast<std::size_t>(used));
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        for (int unit = 100'000; !rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0])) != 0; unit /= 10) {
            when += microseconds{unit * (rest[0] - '0')};
            rest.remove_prefix(1);
        }
    }
    if (rest == "Z") return when;
    int zone_hours = 0, zone_minutes = 0;
    if (rest.size() != 6 ||
        std::sscanf(std::string{rest.substr(1)}.c_str(), "%2d:%2d", &zone_hours, &zone_minutes) != 2) {
        return std::nullopt;
    }
    const minutes offset = hours{zone_hours} + minutes{zone_minutes};
    if (rest[0] == '+') return when - offset;
    if (rest[0] == '-') return when + offset;
    return std::nullopt;
}

instant now() {
    return floor<microseconds>(system_clock::now());
}

}  // namespace rollcall::simulator
