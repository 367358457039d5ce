// CloudFront Function (runtime cloudfront-js-2.0), event type viewer request: keeps the delivery directives of the query and the time
// that it asks for, in one order and spelling. CloudFront's cache key takes a query as it was sent: players that send the same directives in another order, or a CMCD or
// session parameter of their own, would each cost the origin a request (CF-6, CF-7). docs/cdn.md says where it goes.
'use strict';

// Directives in the order of their bytes, as RFC 8216bis asks of clients; the time as the origin takes it (CF-30).
var names = ['_HLS_msn', '_HLS_part', '_HLS_skip', 'start', 'end', 'delay', 'view'];

function handler(event) {
  var request = event.request;
  var kept = [];
  names.forEach(function (name) {
    var parameter = request.querystring[name];
    if (!parameter) return;
    // One given twice is passed on as it came: the origin refuses contradictory requests. Pages escape the colons of a time.
    (parameter.multiValue || [parameter]).forEach(function (one) { kept.push(name + '=' + one.value.replace(/%3A/gi, ':')); });
  });
  request.querystring = kept.join('&');
  return request;
}
