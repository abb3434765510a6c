using System.Text;
using FFMpegCore;
using FFMpegCore.Arguments;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Arguments that reach ffmpeg exactly as they are. FFMpegCore joins everything to one line, which the framework then splits by the
/// C runtime's rules (no shell is involved); quoting by the same rules keeps a file name with quotation marks from becoming options.
/// </summary>
internal sealed class QuotedArguments(params IEnumerable<string> arguments) : IInputArgument, IOutputArgument
{
    public string Text { get; } = string.Join(' ', arguments.Select(Quote));

    public void Pre(FFOptions options)
    {
    }

    public Task During(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public void Post()
    {
    }

    /// <summary>A name that no protocol prefix, leading dash or relative path can be read into.</summary>
    public static string FileUrl(string path) => "file:" + Path.GetFullPath(path);

    internal static string Quote(string argument)
    {
        var text = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            // Backslashes are themselves, but doubled in front of a quotation mark.
            if (c == '"') text.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            text.Append(c);
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }
}
