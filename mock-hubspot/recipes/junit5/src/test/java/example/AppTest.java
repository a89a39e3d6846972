package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AppTest {
    /** The token of the mock's default portal; {@code --portal FILE} gives it another. */
    private static final String TOKEN = "mock-access-token-2f9c";

    @RegisterExtension
    static final HubSpot HUBSPOT = new HubSpot();

    @Test
    void aCallIsLogged() throws Exception {
        logCall("call-1");
        var properties = HUBSPOT.call("call-1").get("properties");
        assertEquals("INTEGRATIONS_PLATFORM", properties.get("hs_call_source").asText());
    }

    @Test
    void anotherTestStartsWithNothing() throws Exception {
        assertTrue(HUBSPOT.ask("GET", "calls").isEmpty());
    }

    /** Stands in the place of your app: it logs one call, as the guide says. */
    private static void logCall(String externalId) throws Exception {
        var body = """
            {"properties": {"hs_timestamp": "2026-01-15T09:30:00Z", "hs_call_source": "INTEGRATIONS_PLATFORM",
             "hs_call_app_id": "12345", "hs_call_external_id": "%s", "hs_call_external_account_id": "account-1"}}
            """.formatted(externalId);
        var request = HttpRequest.newBuilder(URI.create(HUBSPOT.url() + "/crm/v3/objects/calls"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        var reply = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(201, reply.statusCode(), reply.body());
    }
}
