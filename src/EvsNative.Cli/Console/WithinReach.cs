using System.Runtime.ExceptionServices;

namespace EvsNative.Cli;

/// <summary>
/// Work that writes nothing and can be given up at any moment. It does look for the wish to stop, but a driver, a disk or a program that it
/// waits for may not.
/// </summary>
internal static class WithinReach
{
    private const int StackBytes = 16 << 20;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Does it in a thread of its own and returns its exit code.</summary>
    /// <param name="work">the work</param>
    /// <param name="stop">asks it to stop; a second later it is left behind, and ends with the process</param>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public static int Do(Func<int> work, CancellationToken stop)
    {
        int code = 0;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        var thread = new Thread(Attempt, StackBytes) { IsBackground = true };
        thread.Start();
        if (WaitHandle.WaitAny([done.WaitHandle, stop.WaitHandle]) == 1 && !done.Wait(Grace, CancellationToken.None))
            throw new OperationCanceledException(stop);
        thread.Join();
        failure?.Throw();
        return code;

        void Attempt()
        {
            try
            {
                code = work();
            }
#pragma warning disable CA1031 // handed to whoever waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            Signal(done);
        }
    }

    /// <summary>Whoever waited may have gone.</summary>
    private static void Signal(ManualResetEventSlim done)
    {
        try
        {
            done.Set();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
