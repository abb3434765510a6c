using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The ffmpeg and ffprobe that the search path names. They are looked for here and given on by their full paths: left alone, the system
/// would first run a program of that name from the current folder.
/// </summary>
public sealed partial class FfmpegTools
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Programs that were asked for their version, by their paths and the time they were written: asking takes a while.</summary>
    private static readonly ConcurrentDictionary<(string, string, DateTime), FfmpegTools> Asked = [];

    private static readonly Version Oldest = new(4, 0), FpsModeSince = new(5, 1);

    private readonly Lazy<HashSet<string>> _encoders;
    private readonly ConcurrentDictionary<string, string> _help = [];

    private FfmpegTools(string ffmpeg, string ffprobe, string version)
    {
        _encoders = new Lazy<HashSet<string>>(() => EncodersOf(ffmpeg));
        (Ffmpeg, Ffprobe, Version) = (ffmpeg, ffprobe, version);
        var numbers = Numbers().Match(version);
        // Development builds ("N-118000-g...") carry no number and are newer than what we ask for.
        Release = numbers.Success ? System.Version.Parse(numbers.Value) : new Version(int.MaxValue, 0);
    }

    /// <summary>Full path of ffmpeg.</summary>
    public string Ffmpeg { get; }

    /// <summary>Full path of ffprobe.</summary>
    public string Ffprobe { get; }

    /// <summary>As ffmpeg prints it, such as "5.1.9-0+deb12u1".</summary>
    public string Version { get; }

    /// <summary>How ffmpeg is to scale where it converts colours: the exact way.</summary>
    internal static string Scaling => "flags=bicubic+accurate_rnd+full_chroma_int";

    /// <summary>Every decoded frame once, whatever its time stamp.</summary>
    internal string[] EveryFrameOnce => Release >= FpsModeSince ? ["-fps_mode", "passthrough"] : ["-vsync", "passthrough"];

    private Version Release { get; }

    /// <summary>Finds both programs.</summary>
    /// <exception cref="InputException">they are not on the search path, do not run, or are too old</exception>
    public static FfmpegTools Find() => Find(Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The same, null where there is no usable ffmpeg.</summary>
    public static FfmpegTools? TryFind()
    {
        try
        {
            return Find();
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>Whether this ffmpeg has an encoder of that name, for pictures, sound or subtitles.</summary>
    internal bool HasEncoder(string name) => _encoders.Value.Contains(name);

    /// <summary>Whether an encoder takes pixels of a format; true where it does not say which it takes.</summary>
    /// <param name="encoder">one that this ffmpeg has</param>
    /// <param name="pixels">ffmpeg's name of the format</param>
    internal bool Takes(string encoder, string pixels)
    {
        string said = _help.GetOrAdd(
            encoder, name => ToolProcess.Run(Ffmpeg, ["-hide_banner", "-v", "error", "-h", $"encoder={name}"]).Output);
        var listed = PixelFormats().Match(said);
        return !listed.Success || listed.Groups[1].Value.Split(' ').Contains(pixels);
    }

    /// <summary>Whether it is of a version or later.</summary>
    internal bool IsSince(int major, int minor) => Release >= new Version(major, minor);

    internal static FfmpegTools Find(string? searchPath)
    {
        string? ffmpeg = Locate("ffmpeg", searchPath), ffprobe = Locate("ffprobe", searchPath);
        if (ffmpeg is null || ffprobe is null)
        {
            string missing = ffmpeg is null ? "ffmpeg" : "ffprobe";
            throw new InputException(
                InputCode.NoTool,
                $"{missing} is not on the search path: install ffmpeg (https://ffmpeg.org), or use folders of PNG frames, which need none");
        }

        var program = (ffmpeg, ffprobe, File.GetLastWriteTimeUtc(ffmpeg));
        if (Asked.TryGetValue(program, out var known)) return known;
        try
        {
            var asked = ToolProcess.Run(ffmpeg, ["-version"]);
            var named = Banner().Match(asked.Output);
            if (asked.ExitCode != 0 || !named.Success)
                throw new InputException(
                    InputCode.NoTool, $"{ffmpeg} does not run as ffmpeg does: install ffmpeg again (https://ffmpeg.org)");
            var tools = new FfmpegTools(ffmpeg, ffprobe, named.Groups[1].Value);
            if (tools.Release >= Oldest) return Asked.GetOrAdd(program, tools);
            throw new InputException(
                InputCode.NoTool,
                $"{ffmpeg} is version {tools.Version}, {Oldest} or later is needed: install a newer ffmpeg (https://ffmpeg.org)");
        }
        catch (Win32Exception e)
        {
            throw new InputException(InputCode.NoTool, $"{ffmpeg} cannot be started: install ffmpeg again (https://ffmpeg.org)", cause: e);
        }
    }

    private static HashSet<string> EncodersOf(string ffmpeg) =>
    [
        .. EncoderName().Matches(ToolProcess.Run(ffmpeg, ["-hide_banner", "-v", "error", "-encoders"]).Output)
            .Select(found => found.Groups[1].Value),
    ];

    private static string? Locate(string name, string? searchPath)
    {
        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, file)).FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);

    [GeneratedRegex(@"^ffmpeg version (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Banner();

    [GeneratedRegex(@"^ [VAS][A-Z.]{5} (\S+)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex EncoderName();

    [GeneratedRegex(@"Supported pixel formats: ([^\r\n]*)", RegexOptions.CultureInvariant)]
    private static partial Regex PixelFormats();

    [GeneratedRegex(@"(?<=^n?)\d+\.\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
