package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A fake HubSpot for the tests of a calling integration: one process for a class of tests, on a port of its own, reset
 * before each test. Set MOCK_HUBSPOT where the binary is not in PATH.
 */
public final class HubSpot implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private JsonNode ready;

    /** The base URL for the app. */
    public String url() {
        return ready.get("url").asText();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        var program = Optional.ofNullable(System.getenv("MOCK_HUBSPOT")).orElse("mock-hubspot");
        var file = Files.createTempDirectory("hubspot").resolve("ready.json").toString();
        process = new ProcessBuilder(program, "--listen", "127.0.0.1:0", "--strict", "--ready-file", file)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        var stdout = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        // One line, once it is up. None means that it could not start; stderr says why.
        ready = JSON.readTree(Objects.requireNonNull(stdout.readLine(), program + " ended before it was up"));
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException, InterruptedException {
        ask("POST", "reset");
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /** What the mock says under {@code /_mock/}. */
    public JsonNode ask(String method, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url() + "/_mock/" + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
        var reply = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (reply.statusCode() >= 300) {
            throw new AssertionError("/_mock/" + path + " answered " + reply.statusCode() + ": " + reply.body());
        }
        return reply.statusCode() == 204 ? null : JSON.readTree(reply.body());
    }

    /** The call with this external id, as soon as it is logged; what arrived instead stands in the error. */
    public JsonNode call(String externalId) throws IOException, InterruptedException {
        var id = URLEncoder.encode(externalId, StandardCharsets.UTF_8);
        var calls = ask("GET", "calls?wait=5s&external_id=" + id);
        if (calls.isEmpty()) {
            throw new AssertionError("no call " + externalId + " was logged; the journal: " + ask("GET", "journal"));
        }
        return ask("GET", "calls/" + calls.get(0).get("id").asText());
    }
}
