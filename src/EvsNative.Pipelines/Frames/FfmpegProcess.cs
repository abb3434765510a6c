using System.Diagnostics;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// An ffmpeg whose raw frames pass through its standard input or output, so that neither side is ever further ahead than a pipe is long. It
/// is started by its full path with an argument list and no shell. What it says is read at once, so that it never waits for a reader.
/// Cancelling kills it: it is not asked to finish a file that is thrown away.
/// </summary>
internal sealed class FfmpegProcess : IDisposable
{
    /// <summary>Lines that are kept: the first and the last ones, since a damaged hour may be worth a million.</summary>
    private const int MostKept = 400;

    private const int LongestKept = 1000;

    private readonly Process _process;
    private readonly Task _listening;
    private readonly CancellationTokenRegistration _kill;
    private readonly List<string> _said = [];
    private int _complaints;

    /// <summary>Starts it.</summary>
    /// <param name="tools">where it is</param>
    /// <param name="arguments">as they are to reach it</param>
    /// <param name="cancellation">kills it</param>
    /// <param name="hear">takes a line that it says, and tells whether it was no complaint</param>
    /// <param name="end">told when no more lines will come</param>
    public FfmpegProcess(
        FfmpegTools tools, IEnumerable<string> arguments, CancellationToken cancellation, Func<string, bool>? hear = null,
        Action? end = null)
    {
        cancellation.ThrowIfCancellationRequested();
        _process = Process.Start(ToolStart.Of(tools.Ffmpeg, arguments))!;
        _listening = Task.Run(() => Listen(hear, end), CancellationToken.None);
        _kill = cancellation.Register(Stop);
    }

    /// <summary>Where its frames come out.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Where frames go in.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its complaints, the first and the last of them if there are many. They are complete when it has ended.</summary>
    public IReadOnlyList<string> Said => _said;

    /// <summary>How many complaints there were.</summary>
    public int Complaints => _complaints;

    /// <summary>How long it has computed; how long it had, when it has ended.</summary>
    public TimeSpan Worked
    {
        get
        {
            try
            {
                return _process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                // It ended in this moment.
                return TimeSpan.MaxValue;
            }
        }
    }

    /// <summary>A name that no protocol prefix, leading dash or relative path can be read into.</summary>
    public static string FileUrl(string path) => "file:" + Path.GetFullPath(path);

    /// <summary>Closes its input and waits for its end; true if it was content.</summary>
    public bool Finish()
    {
        EndInput();
        _listening.Wait(CancellationToken.None);
        _process.WaitForExit();
        return _process.ExitCode == 0;
    }

    /// <summary>Ends it where it is: nothing more of it is wanted.</summary>
    public void Stop() => ToolProcess.Kill(_process);

    /// <inheritdoc/>
    public void Dispose()
    {
        _kill.Dispose();
        Stop();
        Finish();
        _process.Dispose();
    }

    /// <summary>Tells it that no more comes.</summary>
    public void EndInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it took the last frames.
        }
    }

    private void Listen(Func<string, bool>? hear, Action? end)
    {
        try
        {
            while (_process.StandardError.ReadLine() is { } line)
                if (hear?.Invoke(line) != true) Keep(line);
        }
        finally
        {
            // Whoever waits for a line must not wait for ever.
            end?.Invoke();
        }
    }

    private void Keep(string line)
    {
        _complaints++;
        if (_said.Count == MostKept) _said.RemoveAt(MostKept / 2);
        _said.Add(line.Length > LongestKept ? line[..LongestKept] : line);
    }
}
