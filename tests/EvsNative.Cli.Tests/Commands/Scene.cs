using System.Security.Cryptography;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>A folder with clips in it, and refusals that must leave it as it was.</summary>
internal sealed class Scene : IDisposable
{
    /// <summary>The smallest whole run: one step of the image model, one of the video model, one of the image model.</summary>
    public static readonly string[] Short =
        ["--fake-weights", "tiny", "--image-steps", "2", "--image-start", "1", "--video-steps", "4", "--video-start", "1", "--guidance",
            "1"];

    private readonly ScratchFolder _folder = new();

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>A folder of frames.</summary>
    public string Frames(string name, int frames, int height = 16, int width = 16)
    {
        FrameFiles.Write(this[name], TestVideos.Smooth(frames, height, width));
        return this[name];
    }

    /// <summary>A video; skips the test where there is no ffmpeg.</summary>
    public string Video(string name, int frames, int height = 16, int width = 16, string rate = "8")
    {
        Ffmpeg.Need();
        FrameFiles.Write(this[name], TestVideos.Smooth(frames, height, width, Rational.Parse(rate)));
        return this[name];
    }

    /// <summary>The pixels of each frame of a result; its files carry the recipe too, which differs where pixels need not.</summary>
    public byte[][] Pixels(string name)
    {
        var video = FrameFiles.Read(this[name]);
        return [.. Enumerable.Range(0, video.Count).Select(i => video.Frame(i).ToArray())];
    }

    /// <summary>A file of text.</summary>
    public string Text(string name, string text = "Once upon a time there was no tensor at all.\n")
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Refines a clip of this folder and expects one line of complaint and no change to any file.</summary>
    public string Refuses(params string[] args) => Unchanged(() => Evs.Run(["refine", .. args]).Complaint());

    /// <summary>The same where a list may follow: the whole error.</summary>
    public string RefusesWithList(params string[] args) => Unchanged(() =>
    {
        var outcome = Evs.Run(["refine", .. args]);
        outcome.Summary();
        return outcome.Error;
    });

    /// <summary>Runs something and sees that no file came, went or changed.</summary>
    public T Unchanged<T>(Func<T> run)
    {
        string[] before = Content();
        var result = run();
        Assert.Equal(before, Content());
        return result;
    }

    /// <summary>Every path below with its bytes' hash.</summary>
    public string[] Content() =>
    [
        .. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories)
            .Select(path => $"{path} {(File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "folder")}")
            .Order(StringComparer.Ordinal),
    ];
}
