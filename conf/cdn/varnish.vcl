vcl 4.1;
# A Varnish in front of Kickoff that keeps, collapses and answers as CloudFront does. The tests and bench/cdn use it as the
# stand-in for CloudFront; it is also where to start if the cache in front of you is Varnish:
#   varnishd -F -f conf/cdn/varnish.vcl -a :80 -s malloc,2g -p backend_idle_timeout=5
# Concurrent misses of one object are one request to the origin: Varnish does that by itself (CF-5). Marks in brackets are
# rules of docs/cdn.md.
import std;

backend origin {
    .host = "127.0.0.1";
    .port = "8080";
    # HTTP/1.1 with keep-alive, as CloudFront speaks to custom origins (CF-1).
    .connect_timeout = 10s;
    # CloudFront's origin response timeout, which also holds between packets (CF-3, CF-4).
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 30s;
}

# CloudFront's ErrorCachingMinTTL, 10 s unless configured (CF-10). 1 s serves a live event better: a 404 for something that
# comes a moment later is forgotten before anybody misses it.
sub error_caching_min_ttl {
    if (beresp.ttl < 10s) { set beresp.ttl = 10s; }
}

sub vcl_recv {
    if (req.restarts == 0) {
        unset req.http.X-Stale;
        if (req.method == "OPTIONS") { return (pass); }
        # CF-20.
        if ((req.method != "GET" && req.method != "HEAD") || req.http.Content-Length ~ "[1-9]" || req.http.Transfer-Encoding) {
            return (synth(403));
        }
        # The cache policy's list of query parameters, and the order that conf/cdn/viewer_request.js gives them (CF-6, CF-7).
        set req.http.X-Query = regsuball("&" + regsub(req.url, "^[^?]*\??", ""), "&(?!(?:_HLS_(?:msn|part|skip)|start|end|delay|view)=)[^&]*", "");
        set req.url = std.querysort(regsub(req.url, "\?.*$", "") + regsub(req.http.X-Query, "^&", "?"));
        set req.url = regsuball(regsub(req.url, "(end=[^&]*)&(start=[^&]*)", "\2&\1"), "%3[Aa]", ":");
        unset req.http.X-Query;
        # What is not in the key does not go to the origin: cookies, CMCD fields and whatever else a viewer's player says.
        unset req.http.Cookie;
        unset req.http.Authorization;
        unset req.http.Origin;
        unset req.http.Referer;
        unset req.http.Accept;
        unset req.http.Accept-Language;
        unset req.http.Cache-Control;
        unset req.http.Pragma;
        unset req.http.CMCD-Request;
        unset req.http.CMCD-Object;
        unset req.http.CMCD-Session;
        unset req.http.CMCD-Status;
        # One of two words in the key (CF-15). Varnish has made "gzip" of everything that allows it.
        set req.http.X-Coding = "identity";
        if (req.http.Accept-Encoding ~ "gzip") { set req.http.X-Coding = "gzip"; }
    }
    return (hash);
}

sub vcl_hash {
    hash_data(req.url);
    hash_data(req.http.X-Coding);
    return (lookup);
}

# An expired copy is shown only if the origin fails and its Cache-Control lets it (CF-11): a copy that is found expired is
# remembered in X-Stale, the origin is asked, and on an error of 5xx the copy is looked up again.
sub vcl_hit {
    if (obj.ttl <= 0s && req.http.X-Stale != "serve") {
        set req.http.X-Stale = "kept";
        set req.grace = 0s;
        return (restart);
    }
    return (deliver);
}

sub vcl_backend_fetch {
    if (bereq.http.X-Coding) { set bereq.http.Accept-Encoding = bereq.http.X-Coding; }
    unset bereq.http.X-Coding;
    unset bereq.http.Host;  # Varnish puts the backend's in
    set bereq.http.User-Agent = "Amazon CloudFront";
    set bereq.http.Via = "1.1 stand-in.cloudfront.net (CloudFront)";
    return (fetch);
}

sub explicit_lifetime {
    set beresp.ttl = 0s;
    if (beresp.http.Cache-Control ~ "(?i)(no-store|no-cache|private)") { return; }
    if (beresp.http.Cache-Control ~ "s-maxage=[0-9]") {
        set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "^.*s-maxage=([0-9]+).*$", "\1s"), 0s);
    } elsif (beresp.http.Cache-Control ~ "max-age=[0-9]") {
        set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
    }
}

sub vcl_backend_response {
    if (beresp.status >= 500 && (bereq.http.X-Stale || bereq.is_bgfetch)) { return (abandon); }
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    unset beresp.http.Set-Cookie;
    # CF-18. The coding is in the key already.
    if (beresp.http.Vary ~ "(?i)accept-encoding") { set beresp.http.Vary = "Accept-Encoding"; } else { unset beresp.http.Vary; }

    # MinTTL is 0: the origin's word counts. Without one CloudFront keeps an answer for a day (CF-9).
    call explicit_lifetime;
    if (beresp.status == 404 || beresp.status == 414 || beresp.status >= 500) {
        call error_caching_min_ttl;
    } elsif (beresp.status < 400) {
        if (!beresp.http.Cache-Control) { set beresp.ttl = 24h; }
        # Asked about again by its ETag.
        set beresp.keep = 10m;
        if (beresp.http.Cache-Control !~ "stale-if-error=0") { set beresp.grace = 24h; }
    }
    if (beresp.ttl <= 0s) {
        # Not kept, and for a moment nobody waits for anybody else's answer either.
        set beresp.ttl = 2s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }

    # The origin's own gzip is passed through; the cache compresses only these, and nothing below 1,000 B (CF-14).
    if (beresp.status == 200 && bereq.http.Accept-Encoding == "gzip" && !beresp.http.Content-Encoding &&
        std.integer(beresp.http.Content-Length, 0) >= 1000 && std.integer(beresp.http.Content-Length, 0) <= 10000000 &&
        beresp.http.Content-Type ~ "(?i)^(application/(vnd\.apple\.mpegurl|dash\+xml|json|javascript)|text/|image/svg)") {
        set beresp.do_gzip = true;
    }
    return (deliver);
}

# The origin cannot be reached, or has not answered in time.
sub vcl_backend_error {
    if (bereq.http.X-Stale || bereq.is_bgfetch) { return (abandon); }
    set beresp.status = 502;
    set beresp.http.Content-Type = "text/plain";
    set beresp.body = "The origin cannot be reached";
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    call error_caching_min_ttl;
    return (deliver);
}

sub vcl_synth {
    if (resp.status == 503 && req.http.X-Stale == "kept") {
        set req.http.X-Stale = "serve";
        set req.grace = 24h;
        return (restart);
    }
    set resp.http.Content-Type = "text/plain";
    set resp.body = resp.reason;
    return (deliver);
}

sub vcl_deliver {
    unset resp.http.X-Varnish;
    if (resp.status >= 400) {
        set resp.http.X-Cache = "Error from cloudfront";
    } elsif (obj.hits > 0) {
        set resp.http.X-Cache = "Hit from cloudfront";
    } else {
        set resp.http.X-Cache = "Miss from cloudfront";
        unset resp.http.Age;
    }
    return (deliver);
}
