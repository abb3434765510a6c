using System.ComponentModel;
using System.Net.Sockets;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Testing;
using Spectre.Console;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Whatever is thrown, in whatever it is wrapped, ends as one line with the cause's code.</summary>
public sealed class FaultTests
{
    private static readonly (string Code, Func<Exception> Make)[] Known =
    [
        ("stopped", () => new OperationCanceledException()),
        ("out-of-range", () => new InputException(InputCode.OutOfRange, "too much")),
        ("device", () => new DeviceException("no driver")),
        ("memory", () => new InsufficientMemoryException()),
        ("system", () => new IOException("Too many open files", 24)),
        ("system", () => new InputException(InputCode.Unreadable, "cannot read x: Too many open files", cause: new IOException("", 24))),
        ("system", () => new SocketException((int)SocketError.TooManyOpenSockets)),
        ("system", () => new SocketException((int)SocketError.AddressNotAvailable)),
        ("system", () => new Win32Exception(13)),
        ("system", () => new DllNotFoundException("Unable to load shared library 'libx' or one of its dependencies. In\norder")),
        ("system", () => new FileNotFoundException("Could not load file or assembly", "Spectre.Console, Version=0.0.0.0, Culture=neutral")),
        ("system", () => new BadImageFormatException("bad", "x.dll")),
        ("unreadable", () => new IOException("broken")),
        ("unreadable", () => new UnauthorizedAccessException("denied")),
        ("not-writable", () => new LostOutputException("the output stream is closed")),
        ("internal", () => new InvalidOperationException("a bug")),
        ("internal", () => new FormatException()),
    ];

    private static readonly Func<Exception, Exception>[] Wrappers =
    [
        e => e,
        e => new InvalidOperationException("a kernel failed", e),
        e => new AggregateException("several", new ArgumentException("first, of no kind known"), e),
        e => new TypeInitializationException("EvsNative.Kernels.Cuda.Thing", new System.Reflection.TargetInvocationException(e)),
        e => new AggregateException(new AggregateException(new InvalidOperationException("a kernel failed", new AggregateException(e)))),
    ];

    [Fact]
    public void A_cause_is_found_in_whatever_wraps_it()
    {
        foreach (var (code, make) in Known)
        {
            foreach (var wrap in Wrappers)
            {
                var fault = Faults.Of(wrap(make()));
                Assert.Equal(code, fault.Code);
                int exit = code switch { "internal" => Faults.Bug, "stopped" => Faults.Stopped, _ => Faults.UnusableInput };
                Assert.Equal(exit, fault.ExitCode);
                Assert.DoesNotContain('\n', fault.Message);
            }
        }

        Assert.Contains("FormatException", Faults.Of(new InvalidOperationException("a kernel failed", new FormatException())).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("too many open files: raise the limit", Faults.Of(new IOException("", 24)).Message, StringComparison.Ordinal);
    }

    /// <summary>The last door: text that nobody quoted where the message was made.</summary>
    [Theory]
    [InlineData("\u001b]0;owned\u0007")]
    [InlineData("\u202e\u2066\u200b\u2028\u0085\u009b2J\ud800")]
    [InlineData("one\ntwo\r\nthree\tfour")]
    public void Nothing_hostile_leaves_by_an_error(string hostile)
    {
        string huge = hostile + new string('x', 100_000);
        var thrown = new Exception[]
        {
            new InputException(InputCode.Damaged, huge, [huge, hostile, .. Enumerable.Repeat("more", 60)]), new DeviceException(huge),
            new IOException(huge), new InvalidOperationException(huge), new DllNotFoundException(huge), new Win32Exception(2, huge),
            new BadImageFormatException("", huge),
        };
        foreach (var e in thrown)
        {
            var outcome = Evs.Watch(() => Faults.Report(e, json: true, [new Notice(NoticeCode.Dropped, huge)]));
            string[] lines = outcome.Error.TrimEnd('\n').Split('\n');
            Assert.InRange(lines.Length, 1, 42);
            Assert.All(lines, line =>
            {
                Assert.InRange(line.Length, 3, 300);
                AssertPlain(line);
            });
            Assert.All(outcome.Output.Split('\n'), line => AssertPlain(line.TrimEnd('\r')));
            Assert.InRange(outcome.Output.Length, 50, 45 * 2000);
        }
    }

    [Fact]
    public void Nothing_hostile_leaves_by_a_table()
    {
        var run = Report.TestRuns.Make() with
        {
            Device = "GPU \u001b[2J\u202e",
            PassedOver = ["\u0007no"],
            Written = ["/a folder/🦊\u001b]0;x\u0007/\u200bclip.mp4"],
            Input = new("in\n\u001b", 1, 2, 3, "4\u009b"),
            Stages = [new("image\u001b[31m", 1, 1)],
        };
        var outcome = Evs.Watch(() =>
        {
            Screen.Draw(console => Cli.Report.RunTable.Print(console, run));
            Screen.Show("\u001b[31mred", "a\nb");
            Faults.Say("\u001b[31mred\nb");
            return 0;
        });
        Assert.All((outcome.Output + outcome.Error).Split('\n'), AssertPlain);
        Assert.Contains("/a folder/🦊?]0;x?/?clip.mp4", outcome.Output, StringComparison.Ordinal);
        var clip = TestVideos.Noise(1, 8, 8, 1);
        string page = Report.TestPages.Html(clip, clip, run with { Prompt = "\u202e\u001b" });
        Assert.All(page.Split('\n'), line => AssertPlain(line.TrimEnd('\r')));
    }

    [Fact]
    public void A_bar_has_words_and_nothing_hostile_in_them()
    {
        using var to = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(to),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Progress().Start(context =>
        {
            var progress = new RunProgress(context);
            foreach (var part in Enum.GetValues<RunPart>())
                foreach (string what in (string[])["", "a \u001b[2J\u202e", "[red]", "/a/" + new string('x', 500) + "/clip.mp4"])
                    progress.Report(new RunStatus(part, what, 0.5));
        });
        Assert.All(to.ToString().Split('\n'), line => AssertPlain(line.TrimEnd('\r')));
    }

    [Fact]
    public void In_a_pipe_no_path_is_broken_and_no_line_ends_in_blanks()
    {
        if (!Console.IsOutputRedirected) Assert.Skip("Needs an output that is no terminal.");
        string path = "/home/somebody/" + string.Join('/', Enumerable.Repeat("a folder with a long name", 12)) + "/clip.mp4";
        var run = Report.TestRuns.Make() with { Written = [path, "page.html"] };
        string text = Evs.Watch(() =>
        {
            Screen.Draw(console => Cli.Report.RunTable.Print(console, run));
            return 0;
        }).Output;
        Assert.Contains($"written      {path}\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.All(text.ReplaceLineEndings("\n").Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
        Assert.All(Evs.Run("plan", "--fake-weights", "tiny", "--size", "32x32", "--mode", "t2i", "--frames", "2").Text().Split('\n'),
            line => Assert.Equal(line.TrimEnd(), line));
    }

    /// <summary>What is shown goes through one door, which cleans it and bears a stream that fails.</summary>
    [Fact]
    public void Nothing_but_the_screen_writes_to_the_console()
    {
        string[] doors = ["Screen.cs", "ErrorWriter.cs"];
        foreach (string file in Directory.GetFiles(Repository.File("src", "EvsNative.Cli"), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains("/obj/", StringComparison.Ordinal) || doors.Contains(Path.GetFileName(file))) continue;
            string text = File.ReadAllText(file);
            Assert.All(["Console.Out", "Console.Error", "Console.Write", "AnsiConsole.", "OpenStandard"], word =>
                Assert.False(text.Contains(word, StringComparison.Ordinal), $"{file}: {word}"));
        }
    }

    private static void AssertPlain(string line)
    {
        Assert.DoesNotContain(line, char.IsControl);
        Assert.DoesNotContain(line, c => c is '\u202e' or '\u2066' or '\u200b' or '\u2028');
    }
}
