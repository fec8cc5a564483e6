// Reading a provider's answer by the plan of its operation.
#include "adapters/pipeline/read_answer.hpp"

namespace rollcall::adapters {
namespace {

constexpr unsigned no_content = 204;

result<normalizers::page> read_page(const provider& provider, normalizers::reader& reader, const request& request,
                                    unsigned status, std::string body) {
    const reading& reading = provider.reading_of(request.operation);
    if (const auto* const list = std::get_if<normalizers::list_plan>(&reading)) {
        return reader.read_list(*list, std::move(body), request.subject);
    }
    if (const auto* const one = std::get_if<normalizers::one_plan>(&reading)) {
        return reader.read_one(*one, std::move(body), request.subject);
    }
    // An answer that may have no body has said with its status all that it can.
    if (status == no_content) return normalizers::page{};
    const auto& acknowledgement = std::get<normalizers::acknowledgement_plan>(reading);
    const result<void> worked = reader.read_acknowledgement(acknowledgement, std::move(body));
    if (worked.has_error()) return worked.error();
    return normalizers::page{};
}

}  // namespace

result<normalizers::page> read_answer(const provider& provider, normalizers::reader& reader, const request& request,
                                      unsigned status, std::string body) {
    result<normalizers::page> page = read_page(provider, reader, request, status, std::move(body));
    // A list without paging comes in an order that does not hold still; by id, a place in it stays a place.
    const bool unpaged = provider.profile().paging.style == paging_style::none;
    if (page.has_value() && unpaged && is_list(request.operation)) page->order_by_native_id();
    return page;
}

}  // namespace rollcall::adapters
