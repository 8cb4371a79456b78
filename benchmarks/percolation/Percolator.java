import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.spans.SpanNearQuery;
import org.apache.lucene.search.spans.SpanOrQuery;
import org.apache.lucene.search.spans.SpanQuery;
import org.apache.lucene.search.spans.SpanTermQuery;

/**
 * Lucene's Monitor on the same rules and articles, with its multipass presearcher and its standard analyser, one thread;
 * the processor's time of that thread, as for all engines.
 *
 * Standard input has a line for each rule (names, beside, without, near; tab between the parts, | between terms), an
 * empty line, then a line for each article. Standard output has one JSON object.
 */
public final class Percolator {
  private static final String FIELD = "text";
  private static final int NEAR_WORDS = 10;
  private static final int WARM_UPS = 8;

  public static void main(String[] arguments) throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<MonitorQuery> rules = new ArrayList<>();
    for (String line = input.readLine(); !line.isEmpty(); line = input.readLine()) {
      rules.add(new MonitorQuery(Integer.toString(rules.size()), queryOf(line.split("\t", -1))));
    }
    List<Document> articles = new ArrayList<>();
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      Document article = new Document();
      article.add(new TextField(FIELD, line, Field.Store.NO));
      articles.add(article);
    }
    System.gc();
    long before = usedBytes();
    long began = System.nanoTime();
    Analyzer analyzer = new StandardAnalyzer();
    MonitorConfiguration configuration = new MonitorConfiguration().setQueryUpdateBufferSize(5000);
    Monitor monitor = new Monitor(analyzer, new MultipassTermFilteredPresearcher(4), configuration);
    monitor.register(rules);
    double seconds = (System.nanoTime() - began) / 1e9;
    System.gc();
    double megabytes = (usedBytes() - before) / 1e6;
    measure(monitor, articles, seconds, megabytes);
    monitor.close();
  }

  private static void measure(Monitor monitor, List<Document> articles, double seconds, double megabytes)
      throws Exception {
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    long matches = 0;
    double[] best = new double[articles.size()];
    Arrays.fill(best, Double.MAX_VALUE);
    for (int turn = 0; turn < WARM_UPS; turn++) {
      matches = 0;
      for (int number = 0; number < best.length; number++) {
        long began = processor.getCurrentThreadCpuTime();
        MatchingQueries<QueryMatch> found = monitor.match(articles.get(number), QueryMatch.SIMPLE_MATCHER);
        best[number] = Math.min(best[number], (processor.getCurrentThreadCpuTime() - began) / 1e3);
        matches += found.getMatchCount();
      }
    }
    Arrays.sort(best);
    double mean = Arrays.stream(best).average().orElse(0);
    double most = best[Math.min(best.length - 1, best.length * 99 / 100)];
    System.out.printf(
        java.util.Locale.ROOT,
        "{\"lucene monitor\": {\"build_s\": %f, \"mb\": %f, \"match\": [%f, %f], \"matches\": %f, \"on\": %d}}%n",
        seconds, megabytes, mean, most, (double) matches / best.length, best.length);
  }

  private static Query queryOf(String[] parts) {
    List<SpanQuery> names = spansOf(parts[0]);
    if (parts[3].equals("near")) {
      SpanQuery[] sides = {anySpan(names), anySpan(spansOf(parts[1]))};
      return new SpanNearQuery(sides, NEAR_WORDS, false);
    }
    BooleanQuery.Builder whole = new BooleanQuery.Builder().add(anyOf(parts[0]), BooleanClause.Occur.MUST);
    if (!parts[1].isEmpty()) {
      whole.add(anyOf(parts[1]), BooleanClause.Occur.MUST);
    }
    if (!parts[2].isEmpty()) {
      whole.add(anyOf(parts[2]), BooleanClause.Occur.MUST_NOT);
    }
    return whole.build();
  }

  private static Query anyOf(String terms) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String term : terms.split("\\|")) {
      String[] words = term.split(" ");
      Query query = words.length == 1 ? new TermQuery(new Term(FIELD, term)) : new PhraseQuery(FIELD, words);
      any.add(query, BooleanClause.Occur.SHOULD);
    }
    return any.build();
  }

  private static List<SpanQuery> spansOf(String terms) {
    List<SpanQuery> spans = new ArrayList<>();
    for (String term : terms.split("\\|")) {
      SpanQuery[] words = Arrays.stream(term.split(" "))
          .map(word -> new SpanTermQuery(new Term(FIELD, word))).toArray(SpanQuery[]::new);
      spans.add(words.length == 1 ? words[0] : new SpanNearQuery(words, 0, true));
    }
    return spans;
  }

  private static SpanQuery anySpan(List<SpanQuery> spans) {
    return spans.size() == 1 ? spans.get(0) : new SpanOrQuery(spans.toArray(new SpanQuery[0]));
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
