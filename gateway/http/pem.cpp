// Certificates and keys as PEM text.
#include "gateway/http/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <new>

namespace rollcall::gateway {
namespace {

struct free_bio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct free_names {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::unique_ptr<BIO, free_bio> reader_of(std::string_view text) {
    std::unique_ptr<BIO, free_bio> reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!reader) throw std::bad_alloc();
    return reader;
}

/// There is no passphrase; that one was asked for is remembered.
int refuse_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

system_clock::time_point moment_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return system_clock::from_time_t(::timegm(&parts));
}

std::string text_of(std::string_view kind, const ASN1_IA5STRING* value) {
    const std::string_view text{reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                                static_cast<std::size_t>(ASN1_STRING_length(value))};
    const bool visible = std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter <= '~'; });
    return visible && !text.empty() ? std::string{kind} + std::string{text} : std::string{};
}

std::string text_of(const GENERAL_NAME& name) {
    switch (name.type) {
        case GEN_DNS:
            return text_of("DNS:", name.d.dNSName);
        case GEN_URI:
            return text_of("URI:", name.d.uniformResourceIdentifier);
        case GEN_EMAIL:
            return text_of("email:", name.d.rfc822Name);
        default:
            return {};
    }
}

}  // namespace

void free_pem::operator()(X509* certificate) const {
    X509_free(certificate);
}

void free_pem::operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
}

pem_certificates read_certificates(std::string_view text) {
    pem_certificates read;
    const auto reader = reader_of(text);
    ERR_clear_error();
    while (X509* const certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr))
        read.list.emplace_back(certificate);
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end) {
        read.problem = "holds a certificate that cannot be read";
    } else if (read.list.empty()) {
        read.problem = "holds no certificate in PEM form";
    }
    return read;
}

pem_key read_private_key(std::string_view text) {
    pem_key read;
    bool encrypted = false;
    const auto reader = reader_of(text);
    read.key.reset(PEM_read_bio_PrivateKey(reader.get(), nullptr, &refuse_passphrase, &encrypted));
    ERR_clear_error();
    if (encrypted) {
        read.problem = "is encrypted; the key must have no passphrase";
    } else if (!read.key) {
        read.problem = "holds no private key in PEM form";
    }
    return read;
}

system_clock::time_point valid_from(const X509& certificate) {
    return moment_of(X509_get0_notBefore(&certificate));
}

system_clock::time_point valid_until(const X509& certificate) {
    return moment_of(X509_get0_notAfter(&certificate));
}

std::vector<std::string> names_of(const X509& certificate) {
    std::vector<std::string> texts;
    const std::unique_ptr<GENERAL_NAMES, free_names> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int index = 0; index < sk_GENERAL_NAME_num(names.get()); ++index) {
        std::string text = text_of(*sk_GENERAL_NAME_value(names.get(), index));
        if (!text.empty()) texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace rollcall::gateway
