package tongxing;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Answers the MongoDB wire on loopback: arguments PORT (0 picks one) and optionally FILE, which keeps the data across lives.
 * Prints "listening PORT", and ends when its standard input ends, so that it never outlives the test that started it.
 */
public final class MongoServerMain {
    /** The oldest version that the driver of mongoose 9 still talks to; the built-in ones are older. */
    private record Version(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

    public static void main(String[] arguments) throws Exception {
        MongoBackend backend = arguments.length > 1 ? new H2Backend(arguments[1]) : new MemoryBackend();
        MongoServer server = new MongoServer(backend.version(new Version(List.of(4, 4, 0), 9)));
        server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
        System.out.println("listening " + server.getLocalAddress().getPort());
        while (System.in.read() >= 0) {}
        server.shutdownNow();
        System.exit(0);
    }
}
