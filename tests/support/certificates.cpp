// Certificates made with OpenSSL: P-256 keys, SHA-256 signatures.
#include "tests/support/certificates.hpp"

#include "tests/support/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace rollcall::testing {
namespace {

using key_pointer = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freer<X509_free>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, freer<X509_EXTENSION_free>>;
using bio_pointer = std::unique_ptr<BIO, freer<BIO_free_all>>;

constexpr long one_hour_s = 3600;
constexpr long x509_version_3 = 2;

key_pointer make_key() {
    key_pointer key{EVP_EC_gen("P-256")};
    check(key != nullptr, "EVP_EC_gen");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const extension_pointer extension{X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str())};
    check(extension != nullptr, "X509V3_EXT_conf_nid");
    check(X509_add_ext(certificate, extension.get(), -1) == 1, "X509_add_ext");
}

// A certificate with everything but extensions and a signature. Times are seconds from now.
certificate_pointer make_unsigned(long serial, const std::string& name, EVP_PKEY* key, long from_s, long until_s) {
    certificate_pointer certificate{X509_new()};
    check(certificate != nullptr, "X509_new");
    X509_set_version(certificate.get(), x509_version_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until_s);
    X509_set_pubkey(certificate.get(), key);
    const auto* common_name = reinterpret_cast<const unsigned char*>(name.c_str());
    check(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, common_name, -1, -1,
                                     0) == 1,
          "X509_NAME_add_entry_by_txt");
    return certificate;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const bio_pointer bio{BIO_new(BIO_s_mem())};
    check(PEM_write_bio_X509(bio.get(), certificate) == 1, "PEM_write_bio_X509");
    return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
    const bio_pointer bio{BIO_new(BIO_s_mem())};
    check(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_bio_PrivateKey");
    return text_of(bio.get());
}

bool is_ip_address(const std::string& host) {
    return host.find(':') != std::string::npos || std::all_of(host.begin(), host.end(), [](char c) {
               return c == '.' || std::isdigit(static_cast<unsigned char>(c)) != 0;
           });
}

}  // namespace

struct certificate_authority::state {
    key_pointer key = make_key();
    certificate_pointer certificate;
    long issued = 1;
};

certificate_authority::certificate_authority() : state_(std::make_unique<state>()) {
    state_->certificate = make_unsigned(1, "Rollcall test authority", state_->key.get(), -one_hour_s, one_hour_s);
    X509* certificate = state_->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    check(X509_sign(certificate, state_->key.get(), EVP_sha256()) != 0, "X509_sign");
    directory_.write("ca.pem", pem_of(certificate));
}

certificate_authority::~certificate_authority() = default;

std::filesystem::path certificate_authority::ca_file() const {
    return directory_.path() / "ca.pem";
}

issued_certificate certificate_authority::issue(const std::string& host, validity validity) {
    return issue(host, (is_ip_address(host) ? "IP:" : "DNS:") + host, "serverAuth", validity);
}

issued_certificate certificate_authority::issue_client(const std::string& names, validity validity) {
    return issue("client", names, "clientAuth", validity);
}

issued_certificate certificate_authority::issue(const std::string& common_name, const std::string& names,
                                                const std::string& usage, validity validity) {
    const bool expired = validity == validity::expired;
    const key_pointer key = make_key();
    const certificate_pointer leaf =
        make_unsigned(++state_->issued, common_name, key.get(), -2 * one_hour_s, expired ? -one_hour_s : one_hour_s);
    X509* issuer = state_->certificate.get();
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer));
    add_extension(leaf.get(), issuer, NID_basic_constraints, "CA:FALSE");
    add_extension(leaf.get(), issuer, NID_ext_key_usage, usage);
    add_extension(leaf.get(), issuer, NID_subject_alt_name, names);
    add_extension(leaf.get(), issuer, NID_authority_key_identifier, "keyid");
    check(X509_sign(leaf.get(), state_->key.get(), EVP_sha256()) != 0, "X509_sign");
    const std::string number = std::to_string(state_->issued);
    return {directory_.write("leaf-" + number + ".pem", pem_of(leaf.get())),
            directory_.write("leaf-" + number + ".key.pem", pem_of(key.get()))};
}

}  // namespace rollcall::testing
