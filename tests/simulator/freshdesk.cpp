// A dialect for generality tests: help-desk agents, numbered pages, a bare array, a Link header, HTTP Basic.
#include "tests/simulator/data.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/object.hpp>
#include <openssl/evp.h>

#include <vector>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;
using namespace std::chrono;

constexpr whole_number pages{1, 1, most_position};
constexpr whole_number page_sizes{30, 1, 100};
constexpr std::uint64_t first_id = 80'000'000'001;

struct agent {
    std::string id;
    std::string listed;
};

// Some servers write the local time of the account, with its offset.
std::string some_time(instant when, std::size_t index) {
    return index % 3 == 1   ? in_offset(when, hours{2})
           : index % 3 == 2 ? in_offset(when, -minutes{210})
                            : in_seconds(when);
}

agent make_agent(dice& dice, std::size_t index) {
    const std::uint64_t id = first_id + index * 7;
    const instant created = first_moment() + minutes{29 * index};
    const std::string name = person_name(dice, index);
    json::object contact{{"name", name}, {"email", email_of(dice, name)}};
    contact["language"] = dice.one_in(3) ? "de" : "en";
    contact["active"] = !dice.one_in(6);
    contact["created_at"] = some_time(created, index);
    contact["updated_at"] = some_time(created + hours{dice.below(900)}, index);
    json::object object{{"id", id}, {"available", dice.one_in(2)}, {"type", "support_agent"}};
    object["contact"] = std::move(contact);
    object["created_at"] = some_time(created, index);
    object["signature"] = index % 5 == 1 ? json::value(nullptr) : json::value("<p>" + greeting(dice, index) + "</p>");
    return {std::to_string(id), write_json(object, spelling_of(index))};
}

answer error(unsigned status, std::string_view code, std::string_view message) {
    return {status, write_json(json::object{{"code", code}, {"message", message}})};
}

std::string_view code_of(unsigned status) {
    switch (status) {
        case 400:
            return "invalid_value";
        case 401:
            return "invalid_credentials";
        case 403:
            return "access_denied";
        case 404:
            return "not_found";
        case 405:
            return "method_not_allowed";
        case 429:
            return "rate_limit_exceeded";
        default:
            return "internal_error";
    }
}

class freshdesk_dialect final : public dialect {
  public:
    explicit freshdesk_dialect(const dialect_settings& settings) : authorization_(basic(settings.key)) {
        dice dice{settings.seed};
        for (std::size_t i = 0; i < settings.agents; ++i)
            agents_.push_back(make_agent(dice, i));
    }

    answer handle(const request& request, positions positions) override {
        if (request.header_value("authorization") != authorization_) return bad_key();
        const auto& path = request.segments;
        if (path.size() < 3 || path.size() > 4 || path[0] != "api" || path[1] != "v2" || path[2] != "agents") {
            return failure(404, "The requested path does not exist");
        }
        if (request.method != "GET") return failure(405, "Only GET is supported here");
        if (path.size() == 3) return list(request, positions);
        for (const agent& agent : agents_) {
            if (agent.id == path[3]) return {200, agent.listed};
        }
        return failure(404, "No agent has this id");
    }

    answer failure(unsigned status, std::string_view message) const override {
        return error(status, code_of(status), message);
    }
    answer bad_key() const override { return failure(401, "You have to be logged in to perform this action."); }
    answer failure_with_200() const override { return error(200, "internal_error", "Something went wrong"); }
    std::string agents() const override { return whole_array(agents_); }

  private:
    static std::string basic(const std::string& credential) {
        // EVP_EncodeBlock writes four characters for each three bytes begun, and a NUL.
        std::string encoded((credential.size() + 2) / 3 * 4 + 1, '\0');
        const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                         reinterpret_cast<const unsigned char*>(credential.data()),
                                         static_cast<int>(credential.size()));
        encoded.resize(static_cast<std::size_t>(size));
        return "Basic " + encoded;
    }

    answer list(const request& request, positions positions) const {
        const auto number = pages.read(request, "page");
        if (!number) return failure(400, "page must be a positive number");
        const auto size = page_sizes.read(request, "per_page");
        if (!size) return failure(400, "per_page must be a number from 1 to 100");
        std::string body = "[";
        const page page = append_page(body, agents_, (*number - 1) * *size, *size);
        body += ']';
        answer answer{200, std::move(body)};
        const bool stuck = positions == positions::stuck;
        if (page.more || stuck) answer.headers.push_back(link(request, stuck ? *number : *number + 1, *size));
        return answer;
    }

    static header link(const request& request, std::size_t number, std::size_t size) {
        return {"Link", std::string{"<"} + (request.secure ? "https://" : "http://") +
                            std::string{request.header_value("host")} + "/api/v2/agents?page=" +
                            std::to_string(number) + "&per_page=" + std::to_string(size) + ">; rel=\"next\""};
    }

    std::string authorization_;
    std::vector<agent> agents_;
};

}  // namespace

std::unique_ptr<dialect> make_freshdesk(const dialect_settings& settings) {
    return std::make_unique<freshdesk_dialect>(settings);
}

}  // namespace rollcall::simulator
