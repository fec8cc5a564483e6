// Which certificate files are fit, and what is said of those that are not.
#include "tests/gateway/http/tls_files.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <fstream>
#include <sstream>

namespace rollcall::gateway::testing {
namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// The fault of files that are not fit, as `key: what`.
std::string fault_of(config::server_tls settings) {
    settings.places = {{"certificate", {"a.yaml", 3, 5}}, {"key", {"a.yaml", 4, 5}}, {"client_ca", {"a.yaml", 5, 5}}};
    std::vector<config::fault> faults;
    CHECK_FALSE(tls_context::read(settings, std::make_shared<ticket_keys>(), faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().where.line > 2);
    return faults.front().path + ": " + faults.front().what;
}

std::string encrypted(const std::filesystem::path& key_file) {
    BIO* const in = BIO_new_file(key_file.c_str(), "r");
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
    BIO* const out = BIO_new(BIO_s_mem());
    unsigned char passphrase[] = "secret";
    PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_128_cbc(), reinterpret_cast<char*>(passphrase), 6, nullptr,
                                  nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(in);
    BIO_free(out);
    EVP_PKEY_free(key);
    return text;
}

}  // namespace

TEST_CASE("a certificate with its key is fit, with those behind it and a CA for clients") {
    certificate_authority authority;
    const auto issued = authority.issue("127.0.0.1");
    rollcall::testing::temporary_directory folder;
    auto settings = settings_of(issued);
    settings.certificate = folder.write(
        "chain.pem", "words before\n" + text_of(issued.chain) + text_of(authority.ca_file()) + "words behind\n");
    settings.client_ca = authority.ca_file();
    const auto context = context_of(settings);
    const auto now = system_clock::now();
    CHECK(context->expires() > now + std::chrono::minutes{58});
    CHECK(context->expires() < now + std::chrono::minutes{62});
    CHECK(context->untimely(now).empty());
    CHECK(context->untimely(context->expires()) == "the certificate expired at " + shown(context->expires()));
    CHECK(context->untimely(now - std::chrono::hours{3}).starts_with("the certificate is not valid before 20"));
    CHECK(context->hsts().empty());
    settings.hsts = std::chrono::hours{1};
    CHECK(context_of(settings)->hsts() == "max-age=3600");
}

TEST_CASE("an instant is shown as RFC 3339 has it") {
    CHECK(shown(system_clock::time_point{std::chrono::seconds{1'700'000'000}}) == "2023-11-14T22:13:20Z");
}

TEST_CASE("files that are not fit are faults that name the key and the file") {
    certificate_authority authority;
    rollcall::testing::temporary_directory folder;
    const auto issued = authority.issue("127.0.0.1");
    const auto other = authority.issue("127.0.0.1");
    const auto good = settings_of(issued);
    const std::string nothing = folder.write("nothing.pem", "no PEM at all\n");
    const std::string spoilt = folder.write(
        "spoilt.pem", text_of(issued.chain) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const std::string missing = folder.path() / "missing.pem";
    const std::string locked = folder.write("locked.pem", encrypted(issued.key));

    auto settings = good;
    settings.certificate = missing;
    CHECK(fault_of(settings) == "server.tls.certificate: " + missing + " cannot be opened: No such file or directory");
    settings.certificate = folder.path();
    CHECK(fault_of(settings) == "server.tls.certificate: " + settings.certificate + " cannot be read: Is a directory");
    settings.certificate = nothing;
    CHECK(fault_of(settings) == "server.tls.certificate: " + nothing + " holds no certificate in PEM form");
    settings.certificate = issued.key;
    CHECK(fault_of(settings) == "server.tls.certificate: " + issued.key.string() + " holds no certificate in PEM form");
    settings.certificate = spoilt;
    CHECK(fault_of(settings) == "server.tls.certificate: " + spoilt + " holds a certificate that cannot be read");

    settings = good;
    settings.key = missing;
    CHECK(fault_of(settings) == "server.tls.key: " + missing + " cannot be opened: No such file or directory");
    settings.key = nothing;
    CHECK(fault_of(settings) == "server.tls.key: " + nothing + " holds no private key in PEM form");
    settings.key = locked;
    CHECK(fault_of(settings) == "server.tls.key: " + locked + " is encrypted; the key must have no passphrase");
    settings.key = other.key;
    CHECK(fault_of(settings) ==
          "server.tls.key: " + other.key.string() + " is not the key of the certificate in " + issued.chain.string());

    settings = good;
    settings.client_ca = missing;
    CHECK(fault_of(settings) == "server.tls.client_ca: " + missing + " cannot be opened: No such file or directory");
    settings.client_ca = nothing;
    CHECK(fault_of(settings) == "server.tls.client_ca: " + nothing + " holds no certificate in PEM form");
}

TEST_CASE("an expired certificate is a warning, and no fault") {
    certificate_authority authority;
    config::server server;
    server.tls = settings_of(authority.issue("127.0.0.1", rollcall::testing::validity::expired));
    server.tls->places["certificate"] = {"a.yaml", 3, 5};
    std::vector<config::fault> faults;
    std::vector<config::fault> warnings;
    check_tls(server, faults, warnings);
    CHECK(faults.empty());
    REQUIRE(warnings.size() == 1);
    CHECK(config::to_string(warnings.front())
              .starts_with("a.yaml:3:5: server.tls.certificate: " + server.tls->certificate +
                           ": the certificate expired at 20"));

    warnings.clear();
    server.tls = settings_of(authority.issue("127.0.0.1"));
    check_tls(server, faults, warnings);
    check_tls(config::server{}, faults, warnings);
    CHECK(faults.empty());
    CHECK(warnings.empty());
}

}  // namespace rollcall::gateway::testing
