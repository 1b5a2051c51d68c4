// A client of the iCIMS API on `java.net.http`, Java 17 or later and no library, against a sandbox that is running already
// (`harver-icims up`).
//
//     java docs/clients/java/Client.java

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

public class Client {
    private static final String CONTROL =
        Objects.requireNonNullElse(System.getenv("HARVER_ICIMS_CONTROL_URL"), "http://127.0.0.1:8700") + "/__sandbox";
    /** Longer than what a server takes the trouble to pack. */
    private static final String DUTIES = "Took calls in K\u00f6ln, calmly. ".repeat(60);
    /** Asks no proxy, whatever the system properties say, and follows no redirect. */
    private static final HttpClient HTTP = HttpClient.newBuilder()
        .proxy(HttpClient.Builder.NO_PROXY)
        .followRedirects(HttpClient.Redirect.NEVER)
        .version(HttpClient.Version.HTTP_1_1)
        .build();

    private interface Test {
        void run(Client client) throws Exception;
    }

    private final String keys;
    private final String base;
    private final String basic;

    /** Opens a customer of its own for every test: what one test does, no other sees. */
    private Client() throws Exception {
        var opening = request(CONTROL + "/customers").header("Content-Type", "application/json");
        var answer = send(opening.POST(BodyPublishers.ofString("{}")));
        check(answer.statusCode() / 100, 2);
        keys = text(answer);
        base = icims("base_url") + "/customers/" + icims("customer_id");
        var secret = icims("username") + ":" + icims("password");
        basic = "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    }

    public static void main(String[] arguments) {
        var tests = new LinkedHashMap<String, Test>();
        tests.put("password and token open the same person", Client::passwordAndTokenOpenTheSamePerson);
        tests.put("a person sent packed is read packed and found", Client::aPersonSentPackedIsReadPackedAndFound);
        tests.put("a submitted person is invited with a link that opens", Client::aSubmittedPersonIsInvited);
        tests.put("each call takes one from the allowance", Client::eachCallTakesOneFromTheAllowance);
        tests.put("an unknown person is 404 with code 2", Client::anUnknownPersonIs404WithCode2);
        var failed = 0;
        for (var test : tests.entrySet()) {
            try {
                test.getValue().run(new Client());
                System.out.println("ok      " + test.getKey());
            } catch (Exception | AssertionError problem) {
                System.out.println("FAILED  " + test.getKey());
                problem.printStackTrace(System.out);
                failed++;
            }
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private void passwordAndTokenOpenTheSamePerson() throws Exception {
        var person = base + "/people/" + key("sample", "person_id");
        var byPassword = send(authorized(person));
        check(byPassword.statusCode(), 200);
        var grant = form(Map.of(
            "grant_type", "client_credentials",
            "client_id", icims("client_id"),
            "client_secret", icims("client_secret"),
            "audience", "https://api.icims.com/v1/"));
        var asking = request(icims("token_url")).header("Content-Type", "application/x-www-form-urlencoded");
        var token = text(send(asking.POST(BodyPublishers.ofString(grant))));
        check(found(token, "\"token_type\":\"(.*?)\""), "Bearer");
        check(found(token, "\"expires_in\":(\\d+)"), "86400");
        var bearer = "Bearer " + found(token, "\"access_token\":\"(.*?)\"");
        check(text(send(request(person).header("Authorization", bearer))), text(byPassword));
        check(send(request(person)).statusCode(), 401);
    }

    private void aPersonSentPackedIsReadPackedAndFound() throws Exception {
        var url = createPerson();
        var reading = authorized(url + "?fields=firstname,lastname,workexperience").header("Accept-Encoding", "gzip");
        var answer = send(reading);
        check(header(answer, "Content-Encoding"), "gzip");
        var person = text(answer);
        check(found(person, "\"firstname\":\"(.*?)\""), "Zo\u00eb");
        check(found(person, "\"lastname\":\"(.*?)\""), "Okonkwo-Lind");
        check(found(person, "\"workdescription\":\"(.*?)\""), DUTIES);
        var search = """
            {"filters": [
               {"name": "person.lastname", "value": ["Okonkwo-Lind"], "operator": "="},
               {"name": "person.email", "value": ["zoe.okonkwo@candidates.example"]}],
             "operator": "&"}""";
        var hits = send(json(base + "/search/people").POST(BodyPublishers.ofString(search)));
        check(text(hits), "{\"searchResults\":[{\"id\":%s,\"self\":\"%s\"}]}".formatted(last(url), url));
    }

    private void aSubmittedPersonIsInvited() throws Exception {
        var submission = "{\"baseprofile\": %s, \"associatedprofile\": %s, \"status\": {\"id\": \"C40120\"}}"
            .formatted(key("sample", "job_id"), last(createPerson()));
        var submitted = send(json(base + "/applicantworkflows").POST(BodyPublishers.ofString(submission)));
        check(submitted.statusCode(), 201);
        var status = "{\"status\": {\"id\": \"%s\"}}".formatted(key("sample", "send_to_harver_status"));
        var advancing = json(header(submitted, "Location")).method("PATCH", BodyPublishers.ofString(status));
        check(send(advancing).statusCode(), 204);
        var waiting = CONTROL + "/mail/wait?customer=" + icims("customer_id") + "&timeout=20s";
        var mail = text(send(request(waiting)));
        check(found(mail, "\"to\":\\[(.*?)\\]"), "\"zoe.okonkwo@candidates.example\"");
        var link = found(mail, "\"links\":\\[[^\\]]*?\"([^\"]*/magic-link/[^\"]*)\"");
        var page = send(request(link)).statusCode();
        if (page != 200 && page != 303) {
            throw new AssertionError("the link answers " + page);
        }
    }

    private void eachCallTakesOneFromTheAllowance() throws Exception {
        var person = base + "/people/" + key("sample", "person_id");
        var first = Integer.parseInt(header(send(authorized(person)), "X-RateLimit-Remaining"));
        var second = Integer.parseInt(header(send(authorized(person)), "X-RateLimit-Remaining"));
        check(second, first - 1);
    }

    private void anUnknownPersonIs404WithCode2() throws Exception {
        var answer = send(authorized(base + "/people/999999"));
        check(answer.statusCode(), 404);
        var message = found(text(answer), "^\\{\"errors\":\\[\\{\"errorCode\":2,\"errorMessage\":\"([^\"]+)\"\\}\\]\\}$");
        check(header(answer, "X-Error"), "2:" + message);
    }

    /** The address of a new person, sent packed. */
    private String createPerson() throws Exception {
        var person = """
            {"firstname": "Zo\u00eb", "lastname": "Okonkwo-Lind", "email": "zoe.okonkwo@candidates.example",
             "workexperience": [{"worktitle": "Agent", "workdescription": "%s"}]}""".formatted(DUTIES);
        var creating = json(base + "/people").header("Content-Encoding", "gzip").POST(packed(person));
        var answer = send(creating);
        check(answer.statusCode(), 201);
        return header(answer, "Location");
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    }

    private HttpRequest.Builder authorized(String url) {
        return request(url).header("Authorization", basic);
    }

    private HttpRequest.Builder json(String url) {
        return authorized(url).header("Content-Type", "application/json");
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static BodyPublisher packed(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return BodyPublishers.ofByteArray(bytes.toByteArray());
    }

    /** The body as text. This client unpacks nothing by itself. */
    private static String text(HttpResponse<byte[]> answer) throws IOException {
        var bytes = answer.body();
        if (answer.headers().firstValue("Content-Encoding").isPresent()) {
            bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    }

    private String icims(String name) {
        return key("icims", name);
    }

    /** One of the customer's keys, such as `sample`, `job_id`. */
    private String key(String group, String name) {
        return found(keys, "\"%s\":\\{[^{}]*?\"%s\":\"(.*?)\"".formatted(group, name));
    }

    /** What the pattern's group finds. The JDK reads no JSON; use a library for it where more than a few plain values are read. */
    private static String found(String text, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow(() -> new AssertionError("no " + name + " in " + answer));
    }

    private static String last(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static void check(Object is, Object expected) {
        if (!expected.equals(is)) {
            throw new AssertionError("expected " + expected + ", but it is " + is);
        }
    }
}
