#include "tailrace/core/result.hpp"

namespace tailrace {

std::string Error::to_string() const {
  std::string text = "error[" + code + "]: " + what;
  if (!where.empty()) text += "\n  at   " + where;
  if (!fix.empty()) text += "\n  fix  " + fix;
  return text;
}

std::string to_string(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) {
    if (!text.empty()) text += '\n';
    text += error.to_string();
  }
  return text;
}

}  // namespace tailrace
