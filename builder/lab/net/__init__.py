"""The chapter's LeNet in the reader's browser: what a page needs to train it.

For the builder, `files.lab_files(config)` returns {name: content} of three
files that lie beside each other on a site. A page loads train.js; the other
two are loaded by it when somebody trains, from wherever train.js came from:

    train.js    a classic script: adds what follows to the global ScheduleLab
    network.js  the compiled network, 10 kB
    images.js   6,000 training and 1,000 test images, 1.2 MB as a server
                compresses it, 1.5 MB otherwise

A book without [lab] images in its config.ini, or a machine where they cannot
be had, gives no images.js, and ScheduleLab.images is false.

ScheduleLab may be there already, with other properties; they stay.

    ScheduleLab.problem()        '' or a sentence: why this browser, or this
                                 copy of the page, cannot train
    ScheduleLab.images           {train: 6000, test: 1000}, or false
    ScheduleLab.updatesPerEpoch(batchSize)
                                 the last batch of an epoch may be smaller
    ScheduleLab.train(settings, callbacks)
                                 starts a worker; returns {cancel()}

settings:
    rates      Float64Array, the rate of each update, finite and >= 0; as long
               as epochs * updatesPerEpoch(batchSize)
    seed       0 ... 2**32 - 1: initial weights and the order of the images
    momentum   0 <= momentum < 1; v = momentum v + g, then w = w - rate v
    batchSize  1 ... 256
    epochs     1 ... 1000
A setting that is none of these throws a RangeError that shows it, and nothing
begins. Any number of runs may train at once, each in a worker of its own.

callbacks, each optional:
    onEpoch({epoch, loss, trainAcc, testAcc, seconds})
               after each epoch, 1 ... epochs. loss and trainAcc are means over
               the epoch, while the network learns; testAcc is of its end;
               both accuracies are fractions. seconds: since training began.
    onEnd({dead, diverged, update, words})
               once, after the last epoch, or earlier if the weights are no
               longer finite. diverged: whether that is so. update: how many
               updates were made. dead: whether the last epoch classified at
               most a fifth of the training images correctly, or it diverged.
               words: '' or a sentence that says which of the two, and when.
    onError(message)
               instead of onEnd: a sentence.
After cancel() none of them is called any more.

The same settings give the same numbers, to the last bit, in every browser
and in Node. All runs of a page are over when it is closed.
"""
