#pragma once

#include <string>
#include <string_view>

#include "api/declaration.h"
#include "api/dispatcher.h"
#include "api/routes.h"

namespace api {

/// What is declared, without the settings, as openapi.json describes it.
std::string declarations_json(const Declared& declared);

/// The answer to an order for that channel. Spec: [RFC 9110 13.1], [RFC 6585 3]
Answer declaration_answer(const DeclarationOrder& order, const DeclarationOutcome& outcome);

/// The routes of channels that are declared. `backend` outlives the dispatcher.
void add_declarations(Dispatcher& dispatcher, Backend& backend);

}  // namespace api
