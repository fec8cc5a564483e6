// A provider that repeats the credential in what it complains of: nobody is told of it.
#include "base/base64.hpp"
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

namespace {

using namespace rollcall::testing;

const std::string user = "the-key-of-the-desk";
const std::string password = "some-password";

std::string repeating(unsigned status) {
    const std::string sent = rollcall::base64(user + ':' + password);
    const boost::json::object complaint{
        {"code", "bad " + user},
        {"message", "Basic " + sent + " is of " + user + ", whose password is not " + password + "; " + sent}};
    const std::string body = boost::json::serialize(complaint);
    const std::string head = "HTTP/1.1 " + std::to_string(status) +
                             " Any\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
    return boost::json::serialize(
        boost::json::object{{"mode", "raw"}, {"body", head + "\r\n\r\n" + body}, {"end", "keep_alive"}});
}

bool tells(const std::string& text) {
    for (const std::string& part : {user, password, rollcall::base64(user + ':' + password).substr(0, 20)}) {
        if (text.find(part) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a provider that repeats user and password gives them to no client and to no log") {
    simulators providers{{"freshdesk:agents=3"}};
    const std::string profile = std::string{ROLLCALL_SOURCE} + "/tests/profiles/freshdesk.yaml";
    gateway gateway{configuration(providers, {{"freshdesk", profile, "    cache: {ttl: 0s}\n", user + ':' + password}},
                                  "log: {level: debug}\n")};
    providers.set_fault("freshdesk", repeating(400));
    const std::string message = "Basic *** is of ***, whose password is not ***; ***";
    for (const std::string target : {"/agents", "/agents/freshdesk:7"}) {
        CAPTURE(target);
        const response refused = gateway.get(target);
        const auto upstream = boost::json::parse(refused.body).at("upstream").as_object();
        CHECK(upstream.at("code").as_string() == "bad ***");
        CHECK(upstream.at("message").as_string() == message);
        CHECK_FALSE(tells(refused.body));
    }
    providers.set_fault("freshdesk", repeating(401));
    CHECK(problem_of(gateway.get("/agents")) == "502 upstream_auth_failed");
    CHECK_FALSE(tells(gateway.get("/providers").body));
    CHECK(gateway.stop() == 0);
    CHECK_FALSE(tells(gateway.log()));
}
