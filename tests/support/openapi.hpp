// An OpenAPI document as tests read it: references followed, and values held against its schemas.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

class openapi_document {
  public:
    /// Throws where `text` is no JSON object.
    explicit openapi_document(std::string_view text);
    ~openapi_document();
    openapi_document(const openapi_document&) = delete;
    openapi_document& operator=(const openapi_document&) = delete;

    const boost::json::object& root() const { return root_.get_object(); }
    /// What `#/…` leads to; null where it leads nowhere.
    const boost::json::value* find(std::string_view reference) const;
    /// The value itself, or what its `$ref` leads to. Throws where that leads nowhere.
    const boost::json::value& follow(const boost::json::value& value) const;
    /// The operation of a path template and a lower-case method; throws where there is none.
    const boost::json::object& operation(std::string_view path, std::string_view method) const;
    /// Calls `visit` with every operation, its path template and its lower-case method.
    void for_each_operation(const std::function<void(const std::string& path, const std::string& method,
                                                     const boost::json::object& operation)>& visit) const;

    /// What is wrong with `value` by a schema of this document, each as `where: what`; empty: nothing.
    std::vector<std::string> faults(const boost::json::value& value, const boost::json::value& schema) const;

  private:
    struct compiled;

    const compiled& compile(const boost::json::value& schema) const;

    boost::json::value root_;
    mutable std::map<std::string, std::unique_ptr<compiled>> compiled_;  ///< by the schema's text
};

}  // namespace rollcall::testing
